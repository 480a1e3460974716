// What every bench is given and gives back: figures of ours beside a peer's from the same run, and their ratio.

export interface BenchSetting {
  /** An empty folder for data; removed afterwards. */
  readonly folder: string;
  /** Ours and the peers take turns so many times, and the median of the ratios counts: machines drift. */
  readonly rounds: number;
  /** The checkout's root. */
  readonly root: string;
  readonly say: (progress: string) => void;
}

export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** Ours by the peer's. */
  readonly ratio: number;
  /** What the ratio has to reach; absent where the figure is only reported. */
  readonly demanded?: { readonly atLeast: number } | { readonly atMost: number };
}

export function holds(row: BenchRow): boolean | undefined {
  if (row.demanded === undefined) return undefined;
  return 'atLeast' in row.demanded ? row.ratio >= row.demanded.atLeast : row.ratio <= row.demanded.atMost;
}
