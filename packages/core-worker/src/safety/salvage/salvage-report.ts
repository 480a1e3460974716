// What a salvage tells: table by table what was carried, what is lost and what was made anew.

export interface SalvagedTable {
  readonly name: string;
  /** Rows as they were. */
  readonly carried: number;
  /** Rows that are gone, as far as that can be told. */
  readonly lost: number;
  /** Rows that were worked out or put in to stand for lost ones. */
  readonly remade: number;
}

export interface SalvageReport {
  readonly tables: readonly SalvagedTable[];
  /** What the admin has to look at, a sentence each; their number is bounded. */
  readonly warnings: readonly string[];
  readonly epoch: string;
  readonly parent: string | null;
  /** The last command that is shared with the history before. */
  readonly branchSequence: number;
  readonly lastSequence: number;
  readonly lastHash: string;
  /** UTC ms of the newest command; null where there is none. */
  readonly lastCommandAt: number | null;
  readonly counts: {
    readonly commands: number;
    readonly documents: number;
    readonly movements: number;
    readonly items: number;
    readonly partners: number;
    readonly devices: number;
  };
  readonly elapsedMs: number;
  /** The sound database: closed, on the disk, without a log beside it. */
  readonly databasePath: string;
}

/** Names in one warning: enough to go and look, few enough to be read. */
const NAMES_MAX = 20;
/** Warnings in all; each says how many it stands for. */
const WARNINGS_MAX = 100;

/** Gathers the report while the tables are made. */
export class Tally {
  readonly #tables = new Map<string, { carried: number; lost: number; remade: number }>();
  readonly warnings: string[] = [];

  add(table: string, counts: { carried?: number; lost?: number; remade?: number }): void {
    const sum = this.#tables.get(table) ?? { carried: 0, lost: 0, remade: 0 };
    sum.carried += counts.carried ?? 0;
    sum.lost += counts.lost ?? 0;
    sum.remade += counts.remade ?? 0;
    this.#tables.set(table, sum);
  }

  warn(sentence: string): void {
    if (this.warnings.length < WARNINGS_MAX) this.warnings.push(sentence);
  }

  get tables(): SalvagedTable[] {
    return [...this.#tables].map(([name, counts]) => ({ name, ...counts }));
  }
}

/** `A, B, C and 5 more`. */
export function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(', ');
  return names.length <= NAMES_MAX ? shown : `${shown} and ${names.length - NAMES_MAX} more`;
}
