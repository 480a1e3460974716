// The profile: which server this device is paired with, where it was last seen, and the token that lets it in.

import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MasalaError, type Role, roles } from '@masala/protocol';
import { replaceFileDurably } from '@masala/protocol/durable-file';

export interface Profile {
  /** SHA-256 of the server's certificate, hex: the only thing by which the server is recognised. */
  readonly serverId: string;
  /** The server's name, for people. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Where the server is looked for when it moved; 0: nowhere. */
  readonly discoveryPort: number;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly role: Role;
  /** A secret. */
  readonly token: string;
}

/** Grows when an older program could not read the file any more. */
const PROFILE_VERSION = 1;

/** Where a user's profile is unless `--profile` says otherwise. */
export function defaultProfileDirectory(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  if (platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Masala', 'client');
  }
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'masala-client');
}

/** Reads a directory's profile. Throws PROFILE_MISSING, PROFILE_DAMAGED or PROFILE_FROM_FUTURE. */
export function readProfile(directory: string): Profile {
  const path = profilePath(directory);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new MasalaError('PROFILE_MISSING', { path });
    throw new MasalaError('PROFILE_DAMAGED', { path, reason: String(error) }, { cause: error });
  }
  return parseProfile(text, path);
}

/** The profile of a directory, or undefined where there is none yet or none that can be read. */
export function readProfileIfAny(directory: string): Profile | undefined {
  try {
    return readProfile(directory);
  } catch (error) {
    if (error instanceof MasalaError) return undefined;
    throw error;
  }
}

/** Writes a directory's profile durably; the directory is made, for this user alone, where it is missing. */
export function writeProfile(directory: string, profile: Profile): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ version: PROFILE_VERSION, ...profile }, null, 2);
  replaceFileDurably(profilePath(directory), `${text}\n`);
}

function profilePath(directory: string): string {
  return join(directory, 'profile.json');
}

function parseProfile(text: string, path: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MasalaError('PROFILE_DAMAGED', { path, reason: 'is not JSON' }, { cause: error });
  }
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { version } = fields;
  if (typeof version === 'number' && version > PROFILE_VERSION) {
    throw new MasalaError('PROFILE_FROM_FUTURE', { path, version, supported: PROFILE_VERSION });
  }
  for (const [name, fits] of Object.entries(shape)) {
    if (!fits(fields[name]))
      throw new MasalaError('PROFILE_DAMAGED', { path, reason: `"${name}" is missing or wrong` });
  }
  const { version: _, ...profile } = fields;
  return profile as unknown as Profile;
}

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isPort = (least: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= 65_535;

const shape: Readonly<Record<keyof Profile | 'version', (value: unknown) => boolean>> = {
  version: (value) => value === PROFILE_VERSION,
  serverId: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  name: (value) => typeof value === 'string',
  address: isText,
  port: isPort(1),
  discoveryPort: isPort(0),
  deviceId: isText,
  deviceName: isText,
  role: (value) => roles.some((role) => role === value),
  token: (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value),
};
