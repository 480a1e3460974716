// What the core logs of backups, checks and recovery.

import type { LogEvent } from './log-event.ts';

export const safetyEvents = {
  'backup.made': {
    level: 'info',
    message: 'A backup was made.',
    explanation: '`id`, `kind`, `path`, `bytes`, `lastSequence`, `elapsedMs`, and whether it was verified.',
  },
  'backup.failed': {
    level: 'error',
    message: 'A backup could not be made.',
    explanation:
      '`kinds`, `code` and `error` say what and why. It is tried again by itself; saves are not harmed.',
  },
  'backup.damaged': {
    level: 'error',
    message: 'A backup is damaged.',
    explanation:
      '`path` and `problem`. A restore takes another. A disk that damages files should be replaced.',
  },
  'backup.verified': {
    level: 'info',
    message: 'A backup was opened, checked and restored into a scratch file.',
    explanation: '`path` and `elapsedMs`. It can be restored.',
  },
  'backup.copied': {
    level: 'info',
    message: 'A backup was copied to the second folder.',
    explanation: '`path`, `bytes` and `elapsedMs`.',
  },
  'backup.copy.failed': {
    level: 'error',
    message: 'A backup could not be copied to the second folder.',
    explanation:
      '`path`, `code` and `error` say which and why. What is missing there is copied as soon as it can be.',
  },
  'backup.removed': {
    level: 'info',
    message: 'Backups that have had their time were removed.',
    explanation: '`paths` names them. Newer ones took their place, or the disk is nearly full.',
  },
  'backup.second.changed': {
    level: 'warn',
    message: 'The second backup folder is in another state than before.',
    explanation: '`state` is ready, same-disk or unreachable, `folder` and `reason` say more.',
  },
  'integrity.quick-check.done': {
    level: 'info',
    message: 'The structure of the database was checked before serving.',
    explanation:
      '`because` says why it had to be; `kind` is sound, damaged or io, `problems` lists what was found.',
  },
  'integrity.checked': {
    level: 'info',
    message: 'The database was checked in full and is sound.',
    explanation: '`checked` counts tables and records, `elapsedMs`.',
  },
  'integrity.damaged': {
    level: 'error',
    message: 'The full check found damage in the database.',
    explanation:
      '`problems` lists it. The core ends and waits in recovery; replace a disk or memory that damages files.',
  },
  'integrity.unreadable': {
    level: 'error',
    message: 'The database could not be checked in full, since the disk could not be read.',
    explanation:
      '`problems` says where. It is tried again in ten minutes. Check cable and disk, and make a backup.',
  },
  'integrity.record.unwritten': {
    level: 'warn',
    message: 'The result of a check could not be written down.',
    explanation: 'Mostly a full disk. The next start may check the database once more than it needs to.',
  },
  'recovery.entered': {
    level: 'error',
    message: 'The server waits for the admin to choose how to recover.',
    explanation: '`reason` (missing, damaged, lost, requested) and `message` say why.',
  },
  'recovery.begun': {
    level: 'warn',
    message: 'A recovery begins.',
    explanation: '`action` (restore, salvage, fresh), the backup and the moment asked for.',
  },
  'recovery.done': {
    level: 'warn',
    message: 'A recovery is done; the server goes on with a new epoch.',
    explanation: 'The whole report: what was restored, to which command and moment, what is missing.',
  },
  'recovery.failed': {
    level: 'error',
    message: 'A recovery failed; nothing was changed.',
    explanation: '`code` and `error` say why. The server waits for another choice.',
  },
  'recovery.withdrawn': {
    level: 'warn',
    message: 'A recovery is no longer needed: the database was checked in full and is sound.',
    explanation:
      'Its files were brought back, or the restore that was asked for failed. `reason` and `message` are those of the note.',
  },
  'recovery.note.unwritten': {
    level: 'error',
    message: 'Why the next start is a recovery could not be written down.',
    explanation: 'The whole folder may be gone, or the disk full. The next start looks at the files itself.',
  },
  'recovery.request.dropped': {
    level: 'error',
    message: 'A recovery that was asked for is not tried again, since the core died of it.',
    explanation: '`core.died` before this line says how. The server waits for another choice.',
  },
} as const satisfies Record<string, LogEvent>;
