// Which files of a server the fault campaigns watch: the only list, to which every new kind of file is added.

/** Patterns (fnmatch; `*` fits slashes too) of paths below the data directory or the second folder. */
export const watchedFiles = {
  database: ['masala.db', 'masala.db-journal'],
  wal: ['masala.db-wal'],
  'chain-end': ['chain-end', '.chain-end.*'],
  backups: ['backups', 'backups/*', '*/backups', '*/backups/*'],
  journal: ['*/journal', '*/journal/*'],
  recovery: ['recovery.json', '.recovery.json.*', 'restore', 'restore/*', 'quarantine', 'quarantine/*'],
  small: ['settings.json', '.settings.json.*', 'checks.json', '.checks.json.*', 'identity', 'identity/*'],
} as const satisfies Record<string, readonly string[]>;

export type WatchedFile = keyof typeof watchedFiles;

/**
 * What is worth nothing after a power cut, and so is left alone: locks, sockets and who runs; log lines; and the index of
 * the write-ahead log, which SQLite makes anew.
 */
export const unwatchedFiles: readonly string[] = ['run', 'run/*', 'logs', 'logs/*', '*-shm'];
