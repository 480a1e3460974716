// What the core logs of its database, and of the disks below it.

import type { LogEvent } from './log-event.ts';

export const storeEvents = {
  'store.opened': {
    level: 'info',
    message: 'The database is open.',
    explanation: 'Schema version, epoch, last sequence, size.',
  },
  'store.created': {
    level: 'warn',
    message: 'A new empty database has been created.',
    explanation: 'Expected at the first start only. Later it means that masala.db was missing.',
  },
  'store.migrated': {
    level: 'info',
    message: 'The database was brought to the present schema.',
    explanation: '`from` and `to` are schema versions.',
  },
  'store.commit.slow': {
    level: 'warn',
    message: 'A commit took long.',
    explanation: '`elapsedMs` and `commands`. A slow or failing disk, or another program that writes much.',
  },
  'store.commit.unknown': {
    level: 'fatal',
    message: 'A commit failed and may or may not be on disk; nobody was answered.',
    explanation:
      'The core ends; clients repeat their writes and learn the truth. Check the disk when it repeats.',
  },
  'store.disk-full': {
    level: 'error',
    message: 'The disk is full; saves fail until there is space.',
    explanation:
      'Free space on the drive of the data directory. Reads go on; saves work again by themselves. Told once, with the first save that failed.',
  },
  'store.disk-full.over': {
    level: 'info',
    message: 'There is space again; saves work.',
    explanation:
      '`failures` counts the answers DISK_FULL that were given; `elapsedMs` is how long it lasted.',
  },
  'disk.low': {
    level: 'warn',
    message: 'The disk space is low.',
    explanation:
      '`folder` and `freeBytes`. Free space there: below `disk.criticalBytes` backups pause, and at nothing saves fail.',
  },
  'disk.critical': {
    level: 'error',
    message: 'The disk is nearly full; backups to it pause.',
    explanation: '`folder` and `freeBytes`. Free space there; backups go on by themselves.',
  },
  'disk.recovered': {
    level: 'info',
    message: 'There is enough disk space again.',
    explanation: '`folder` and `freeBytes`.',
  },
  'store.command.failed': {
    level: 'error',
    message: 'A command met an unexpected error and was rolled back.',
    explanation: '`incidentId`, `method` and `error`. The other commands of its group were not harmed.',
  },
  'store.checkpoint.slow': {
    level: 'warn',
    message: 'A checkpoint took long.',
    explanation: '`elapsedMs` and `walBytes`. A slow disk.',
  },
  'store.checkpoint.failed': {
    level: 'warn',
    message: 'A checkpoint failed; it is tried again later.',
    explanation: 'The write-ahead log grows meanwhile. Nothing is lost.',
  },
  'store.chain-end.unwritten': {
    level: 'error',
    message: 'The mark of the newest command could not be written.',
    explanation:
      '`error` says why. The command is booked and safe; until the mark is written again a cut end would go unnoticed.',
  },
  'store.chain-end.unreadable': {
    level: 'warn',
    message: 'The mark of the newest command is missing or damaged; it is made anew.',
    explanation:
      'Whether commands are missing at the end of the database cannot be told this once. Expected after an update.',
  },
  'store.lost': {
    level: 'fatal',
    message: 'The database file was deleted or replaced while in use.',
    explanation:
      '`reason` says what happened to which file. A backup is made from the open handle; the next start is a recovery.',
  },
} as const satisfies Record<string, LogEvent>;
