// What stands beside each backup: what it holds, and how to know that it is whole. A text file, checksummed over itself.

import { canonicalJson, sha256Hex } from '@masala/protocol/canonical';
import { INTEGER_MAX, limits } from '@masala/protocol/tables';
import type { Lineage } from '../../store/open.ts';

export const backupKinds = ['snapshot', 'daily', 'weekly', 'manual', 'emergency'] as const;
export type BackupKind = (typeof backupKinds)[number];

const countedTables = ['commands', 'documents', 'movements', 'items', 'partners', 'devices'] as const;

/** Rows by table. */
export type BackupCounts = Readonly<Record<(typeof countedTables)[number], number>>;

/** What a copy of the database holds: all of it was read in the one transaction that was copied. */
export interface BackupContent {
  readonly schemaVersion: number;
  readonly epoch: string;
  readonly lineage: Lineage;
  /** 0 where nothing was ever booked. */
  readonly lastSequence: number;
  /** The chain's hash at `lastSequence`. */
  readonly lastHash: string;
  /** UTC ms of the newest command; null where there is none. */
  readonly lastCommandAt: number | null;
  readonly counts: BackupCounts;
  /** Of the unpacked database. */
  readonly databaseBytes: number;
}

export interface Manifest extends BackupContent {
  readonly format: 1;
  readonly id: string;
  readonly kind: BackupKind;
  /** UTC ms by the clock of then, which may have been wrong. */
  readonly madeAt: number;
  /** `madeAt`, but always after that of the backups before: the order of making, however the clock jumped. */
  readonly order: number;
  /** How long it took to copy and compress. */
  readonly elapsedMs: number;
  readonly serverId: string;
  /** Of Masala. */
  readonly version: string;
  /** Of the compressed file. */
  readonly bytes: number;
  /** Of the compressed file, in hexadecimal. */
  readonly sha256: string;
  /** When it was last opened, checked and restored into a scratch file; null: never. */
  readonly verified: { readonly at: number } | null;
  /** What a verification found wrong with it. */
  readonly problem: string | null;
}

/** The file has been changed, is cut, or was never a manifest. */
export class ManifestDamagedError extends Error {
  override readonly name = 'ManifestDamagedError';
}

/** The text of the file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, checksum: checksumOf(manifest) }, null, 2)}\n`;
}

/** Reads the text of such a file, and believes nothing. Throws ManifestDamagedError. */
export function parseManifest(text: string): Manifest {
  if (text.length > limits.backupManifestMaxLength) throw new ManifestDamagedError('it is too long');
  const { checksum, ...manifest } = parseObject(text);
  if (checksum !== checksumOf(manifest)) throw new ManifestDamagedError('it does not fit its own checksum');
  // A later version may add fields; what this one reads has to be as it knows it.
  for (const [field, fits] of Object.entries(shape)) {
    if (!fits(manifest[field])) throw new ManifestDamagedError(`its field ${field} is not what it must be`);
  }
  return manifest as unknown as Manifest;
}

function checksumOf(manifest: object): string {
  return sha256Hex(canonicalJson(manifest));
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ManifestDamagedError('it is not JSON');
  }
  if (!isRecord(value)) throw new ManifestDamagedError('it is not a JSON object');
  return value;
}

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= INTEGER_MAX;
const isDigest: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const shape: Readonly<Record<keyof Manifest, Check>> = {
  format: (value) => value === 1,
  id: (value) => typeof value === 'string' && isBackupId(value),
  kind: (value) => backupKinds.some((kind) => kind === value),
  madeAt: isCount,
  order: isCount,
  elapsedMs: isCount,
  serverId: isText,
  version: isText,
  schemaVersion: isCount,
  epoch: isText,
  lineage: (value) => Array.isArray(value) && value.length > 0 && value.every(isBranch),
  lastSequence: isCount,
  lastHash: isText,
  lastCommandAt: orNull(isCount),
  counts: (value) => isRecord(value) && countedTables.every((table) => isCount(value[table])),
  databaseBytes: isCount,
  bytes: isCount,
  sha256: isDigest,
  verified: orNull((value) => isRecord(value) && isCount(value.at)),
  problem: orNull(isText),
};

function isBranch(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { epoch, parent, branchSequence, branchHash } = value;
  return isText(epoch) && orNull(isText)(parent) && isCount(branchSequence) && isText(branchHash);
}

const ID = new RegExp(`^\\d{8}-\\d{6}-(?:${backupKinds.join('|')})(?:-[1-9]\\d{0,5})?$`);

/** Whether a name is one that `newBackupId` gives. */
export function isBackupId(name: string): boolean {
  return ID.test(name);
}

/** The id of a backup made at a time (UTC ms), such as `20261121-143500-snapshot`; the second of a second ends in -2. */
export function newBackupId(kind: BackupKind, madeAt: number, isTaken: (id: string) => boolean): string {
  const [date = '', time = ''] = new Date(madeAt).toISOString().replace(/[-:]/g, '').slice(0, 15).split('T');
  const plain = `${date}-${time}-${kind}`;
  let id = plain;
  for (let count = 2; isTaken(id); count++) id = `${plain}-${count}`;
  return id;
}
