// The errors of backups and recovery.

import type { ErrorRow } from './error-row.ts';

export const backupErrors = {
  BACKUP_UNKNOWN: {
    message: 'There is no such backup.',
    retryable: false,
    hint: '`masala-server backup list` names them.',
  },
  BACKUP_DAMAGED: {
    message: 'The backup cannot be used: its content is not what was written.',
    retryable: false,
    hint: '`data.reason` says what is wrong. Take another: `masala-server backup list`.',
  },
  BACKUP_FOLDER_UNREACHABLE: {
    message: 'The folder for backups cannot be reached.',
    retryable: true,
    hint: '`data.folder` names it. Check that the drive is plugged in and may be written to.',
  },
  BACKUP_SPACE_LOW: {
    message: 'There is not enough space for the backup.',
    retryable: true,
    hint: 'Free space on the drive of `data.folder`, or name another with --to.',
  },
  BACKUP_WAL_LIMIT: {
    message: 'The backup was broken off: too much was saved while it ran.',
    retryable: true,
    hint: 'It is tried again by itself. If it lasts, the drive of the backups is too slow.',
  },
  BACKUP_FAILED: {
    message: 'The backup could not be made.',
    retryable: true,
    hint: '`data.reason` says why. It is tried again by itself.',
  },
  NO_RESTORE_POINT: {
    message: 'There is nothing to restore from.',
    retryable: false,
    hint: 'Plug in the drive that has the backups, or choose `recover salvage` or `recover fresh`.',
  },
  RESTORE_CHANGED: {
    message: 'What the restore would do has changed since it was shown; nothing was done.',
    retryable: false,
    hint: 'Look at what is shown now, and choose again.',
  },
  RESTORE_TIME_INVALID: {
    message: 'Nothing that is kept reaches back to that moment.',
    retryable: false,
    hint: '`data.earliest` is the earliest moment that can be restored.',
  },
  RESTORE_FAILED: {
    message: 'The restore did not succeed; nothing was changed.',
    retryable: false,
    hint: '`data.reason` says why. Try another backup.',
  },
  SALVAGE_IMPOSSIBLE: {
    message: 'Nothing can be read from the damaged database.',
    retryable: false,
    hint: 'Restore a backup, or begin with a new empty database: `recover fresh`.',
  },
  RECOVERY_RUNNING: {
    message: 'A restore or a salvage is already running.',
    retryable: false,
    hint: 'Wait for its end: `masala-server status` shows how far it is.',
  },
  NOT_IN_RECOVERY: {
    message: 'The server has a good database and does not wait for a recovery.',
    retryable: false,
    hint: 'To go back to an earlier state: `masala-server backup restore`.',
  },
} as const satisfies Record<string, ErrorRow>;
