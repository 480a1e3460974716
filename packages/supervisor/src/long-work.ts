// How long an answer about backups may take: the command line waits for the supervisor, and that for the core.

/** A list reads the manifests of two folders, and a drive that sleeps or is gone takes its time to say so. */
export const LIST_TIMEOUT_MS = 60_000;

/**
 * A big database, on its way to a slow USB stick, takes hours; after a day nobody waits for it any more. A restore while
 * everything is well begins with such a backup.
 */
export const LONG_WORK_MAX_MS = 24 * 60 * 60_000;
