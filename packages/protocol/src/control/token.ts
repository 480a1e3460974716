// The secret that proves both ends of the control channel: run/control.token, made by whoever starts first.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeNewFileDurably } from '../durable-file.ts';
import { linkWhereFree } from './link.ts';
import { runFolder } from './run-files.ts';
import { hasErrorCode } from './system-error.ts';

/** 256 bits: as long as the HMAC's own strength. */
const TOKEN_BYTES = 32;

function tokenPath(dataDir: string): string {
  return join(runFolder(dataDir), 'control.token');
}

/** The token of a data directory, or null where there is none that could be used. Throws when it may not be read. */
export function readControlToken(dataDir: string): Buffer | null {
  try {
    const token = readFileSync(tokenPath(dataDir));
    return token.length === TOKEN_BYTES ? token : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/**
 * The token of a data directory; makes it where there is none. Of several processes that make one at the same time
 * one wins, and all return its token: a link fails where the name exists, a rename would not.
 */
export function controlToken(dataDir: string): Buffer {
  const found = readControlToken(dataDir);
  if (found !== null) return found;
  mkdirSync(runFolder(dataDir), { recursive: true, mode: 0o700 });
  const path = tokenPath(dataDir);
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeNewFileDurably(temporary, randomBytes(TOKEN_BYTES));
    if (linkWhereFree(temporary, path)) return readTokenOrThrow(dataDir);
    const winner = readControlToken(dataDir);
    if (winner !== null) return winner;
    // A file of another length is no token of ours: nobody can be using it.
    rmSync(path, { force: true });
    linkWhereFree(temporary, path);
    return readTokenOrThrow(dataDir);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readTokenOrThrow(dataDir: string): Buffer {
  const token = readControlToken(dataDir);
  if (token === null) throw new Error(`${tokenPath(dataDir)} vanished while it was made`);
  return token;
}
