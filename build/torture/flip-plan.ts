// Which bytes of which file a case of the flip campaign damages: the same seed and number damage the same ones. Pure.
import { type Chance, chanceOf } from './chance.ts';

/** What a file of a prepared server is to it. */
export const flipRoles = ['database', 'log', 'mark', 'backup', 'manifest', 'journal'] as const;
export type FlipRole = (typeof flipRoles)[number];

/** One bit; up to eight bytes; a run of zeros, as a lost write leaves them; a sector of garbage. */
export const flipKinds = ['bit', 'bytes', 'zeros', 'sector'] as const;
export type FlipKind = (typeof flipKinds)[number];

export interface PreparedFile {
  /** From the folder of the prepared server. */
  readonly path: string;
  readonly role: FlipRole;
  readonly content: Uint8Array;
}

export interface Flip {
  readonly path: string;
  readonly role: FlipRole;
  readonly kind: FlipKind;
  /** The first byte that may differ. */
  readonly at: number;
  readonly length: number;
  /** The whole file with the damage in it. */
  readonly content: Uint8Array;
}

/** Of a hundred cases; what a server does not have (yet) leaves its share to the others. */
const SHARES: Readonly<Record<FlipRole, number>> = {
  database: 40,
  log: 25,
  mark: 5,
  backup: 10,
  manifest: 8,
  journal: 12,
};
/** What disks read and write at least: a misdirected write hits that much. */
const SECTOR_BYTES = 512;
const BYTES_MAX = 8;
/** Up to a page of SQLite: a lost write of the file system. */
const ZEROS_MAX = 4_096;
/** Far above the numbers of cases, so that neighbouring seeds share none of them. */
const CASES_OF_A_SEED = 1_000_003;

/** The damage of a case. */
export function planFlip(files: readonly PreparedFile[], seed: number, number: number): Flip {
  const chance = chanceOf(seed * CASES_OF_A_SEED + number);
  const { path, role, content } = pickFile(files, chance);
  const kind = chance.pick(flipKinds);
  return { path, role, kind, ...damage(content, kind, chance) };
}

function pickFile(files: readonly PreparedFile[], chance: Chance): PreparedFile {
  const present = flipRoles.filter((role) => files.some((file) => file.role === role));
  const total = present.reduce((sum, role) => sum + SHARES[role], 0);
  let left = chance.fraction() * total;
  const picked = present.find((role) => {
    left -= SHARES[role];
    return left < 0;
  });
  return chance.pick(files.filter(({ role }) => role === (picked ?? present.at(-1))));
}

function damage(content: Uint8Array, kind: FlipKind, chance: Chance) {
  const damaged = Uint8Array.from(content);
  const length = lengthOf(kind, chance, content.length);
  const sector = kind === 'sector' ? SECTOR_BYTES : 1;
  const at = chance.integer(0, Math.floor((content.length - length) / sector)) * sector;
  for (let index = at; index < at + length; index++) {
    const before = content[index] ?? 0;
    if (kind === 'bit') damaged[index] = before ^ (1 << chance.integer(0, 7));
    else damaged[index] = kind === 'zeros' ? 0 : chance.integer(0, 255);
  }
  return { at, length, content: damaged };
}

function lengthOf(kind: FlipKind, chance: Chance, fileBytes: number): number {
  const wanted = {
    bit: () => 1,
    bytes: () => chance.integer(1, BYTES_MAX),
    zeros: () => chance.integer(1, ZEROS_MAX),
    sector: () => SECTOR_BYTES,
  }[kind]();
  return Math.min(wanted, fileBytes);
}
