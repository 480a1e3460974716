// Pure rule: whether a drive has enough space, and when it is looked at again. Free space is an argument.

export const diskStates = ['enough', 'low', 'critical'] as const;
export type DiskState = (typeof diskStates)[number];

export interface DiskRules {
  /** Free bytes below which the admin is warned. */
  readonly lowBytes: number;
  /** Free bytes below which backups pause. */
  readonly criticalBytes: number;
  /** Between two looks while there is enough. */
  readonly checkIntervalMs: number;
  /** … and once there is not. */
  readonly lowCheckIntervalMs: number;
}

/**
 * What was too little is enough again only when this much more is there: logs, the write-ahead log and a snapshot take and
 * give back less than a tenth of the usual thresholds, so that a notice does not come and go with each of them.
 */
const RECOVERY_SHARE = 1.1;

/** The state that follows from the free bytes and the state before. */
export function diskState(freeBytes: number, before: DiskState, rules: DiskRules): DiskState {
  const { lowBytes, criticalBytes } = rules;
  if (isBelow(freeBytes, criticalBytes, before === 'critical')) return 'critical';
  return isBelow(freeBytes, lowBytes, before !== 'enough') ? 'low' : 'enough';
}

function isBelow(freeBytes: number, threshold: number, wasBelow: boolean): boolean {
  return freeBytes < (wasBelow ? threshold * RECOVERY_SHARE : threshold);
}

/** How long until the next look, counted on a clock that nobody sets. */
export function nextLookMs(state: DiskState, { checkIntervalMs, lowCheckIntervalMs }: DiskRules): number {
  return state === 'enough' ? checkIntervalMs : Math.min(checkIntervalMs, lowCheckIntervalMs);
}

export interface Drive {
  readonly folder: string;
  readonly freeBytes: number;
  readonly state: DiskState;
}

/** The drive that the admin must hear of: the one in the worst state; of several in it, the one with the least space. */
export function worstOf(drives: readonly Drive[]): Drive | undefined {
  return drives.toSorted(
    (one, other) =>
      diskStates.indexOf(other.state) - diskStates.indexOf(one.state) || one.freeBytes - other.freeBytes,
  )[0];
}

/**
 * Free space as the admin's own tools show it: whole units of 2^20 bytes, which Windows calls MB. Rounded down, so that what
 * is below a threshold is never shown as the threshold.
 */
export function megabytesOf(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}
