// The devices that may sign in, in memory by the hash of their token; the database and identity/revocations.json feed it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MasalaError, type Role, sha256Hex } from '@masala/protocol';
import { hasErrorCode } from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import type { Database } from '../store/sqlite.ts';
import { identityFolder } from './identity.ts';

export interface Device {
  readonly deviceId: string;
  readonly name: string;
  readonly role: Role;
  readonly tokenHash: string;
  readonly pairedAt: number;
  readonly revokedAt: number | null;
}

/** What is kept of a device token: its SHA-256 in hexadecimal. The token has 256 random bits, so no salt is needed. */
export function tokenHashOf(token: string): string {
  return sha256Hex(token);
}

export class Devices {
  readonly #byTokenHash = new Map<string, Device>();
  readonly #byId = new Map<string, Device>();
  readonly #lastSeenAt = new Map<string, number>();
  readonly #revocations: Revocations;

  /** Reads the devices of the database; those in revocations.json are revoked whatever the database says. */
  constructor(database: Database, dataDir: string) {
    this.#revocations = new Revocations(join(identityFolder(dataDir), 'revocations.json'));
    const rows = database
      .prepare<[], Device>(
        `SELECT id AS deviceId, name, role, token_hash AS tokenHash, paired_at AS pairedAt, revoked_at AS revokedAt
         FROM devices`,
      )
      .all();
    for (const row of rows) {
      this.#put({ ...row, revokedAt: row.revokedAt ?? this.#revocations.revokedAt(row.deviceId) });
    }
  }

  /** The device of a token. Throws DEVICE_UNKNOWN or DEVICE_REVOKED. */
  authenticate(token: string, now: number): Device {
    const device = this.#byTokenHash.get(tokenHashOf(token));
    if (device === undefined) throw new MasalaError('DEVICE_UNKNOWN');
    if (device.revokedAt !== null) throw new MasalaError('DEVICE_REVOKED', { revokedAt: device.revokedAt });
    this.#lastSeenAt.set(device.deviceId, now);
    return device;
  }

  /** Takes a device as the command booked it; a revocation of it ends, in revocations.json too. */
  paired(device: Omit<Device, 'pairedAt' | 'revokedAt'>, now: number): void {
    this.#revocations.remove(device.deviceId);
    const pairedAt = this.#byId.get(device.deviceId)?.pairedAt ?? now;
    this.#put({ ...device, pairedAt, revokedAt: null });
  }

  /**
   * Notes a revocation durably beside the database, before the command is booked: from here on no crash and no restore lets
   * the device in.
   */
  revoke(deviceId: string, revokedAt: number): void {
    const device = this.#byId.get(deviceId);
    if (device === undefined) throw new MasalaError('NOT_FOUND', { deviceId });
    if (device.revokedAt !== null) return;
    this.#revocations.add(deviceId, revokedAt);
    this.#put({ ...device, revokedAt });
  }

  get(deviceId: string): Device | undefined {
    return this.#byId.get(deviceId);
  }

  /** All devices, oldest first, with when each last signed in since the start of this process (null: not yet). */
  list(): (Device & { readonly lastSeenAt: number | null })[] {
    return Array.from(this.#byId.values(), (device) => ({
      ...device,
      lastSeenAt: this.#lastSeenAt.get(device.deviceId) ?? null,
    })).sort((left, right) => left.pairedAt - right.pairedAt);
  }

  #put(device: Device): void {
    this.#byTokenHash.set(device.tokenHash, device);
    this.#byId.set(device.deviceId, device);
  }
}

/** identity/revocations.json: `{ [deviceId]: revokedAt }`. */
class Revocations {
  readonly #path: string;
  readonly #revokedAt: Map<string, number>;

  constructor(path: string) {
    this.#path = path;
    this.#revokedAt = readRevocations(path);
  }

  revokedAt(deviceId: string): number | null {
    return this.#revokedAt.get(deviceId) ?? null;
  }

  add(deviceId: string, revokedAt: number): void {
    this.#revokedAt.set(deviceId, revokedAt);
    this.#write();
  }

  remove(deviceId: string): void {
    if (this.#revokedAt.delete(deviceId)) this.#write();
  }

  #write(): void {
    replaceFileDurably(this.#path, `${JSON.stringify(Object.fromEntries(this.#revokedAt))}\n`);
  }
}

function readRevocations(path: string): Map<string, number> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return new Map();
    throw error;
  }
  // A damaged file throws: letting a revoked device in because a list cannot be read would be the wrong default.
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${path} is not a JSON object`);
  return new Map(
    Object.entries(parsed).map(([deviceId, revokedAt]) => {
      if (typeof revokedAt !== 'number') throw new Error(`${path}: "${deviceId}" has no time`);
      return [deviceId, revokedAt];
    }),
  );
}
