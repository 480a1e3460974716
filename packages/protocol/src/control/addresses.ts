// Where the control endpoints of a data directory are: a socket in its run folder, or a named pipe on Windows.

import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ControlContract } from './contract.ts';
import { readRunFile, runFolder } from './run-files.ts';

/** sockaddr_un holds 104 (macOS) to 108 (Linux) bytes with the final zero; 100 leaves a margin. */
const SOCKET_PATH_MAX_BYTES = 100;

/** One end to serve or to call: which contract, and where. */
export interface ControlEndpoint<C extends ControlContract> {
  readonly contract: C;
  /** A socket's path, or the pipe's full name. */
  readonly address: string;
}

/** Where to listen. Makes the socket's folder with mode 0700; throws when it belongs to somebody else. */
export function endpointToServe<C extends ControlContract>(dataDir: string, contract: C): ControlEndpoint<C> {
  const address = addressOf(dataDir, contract.name);
  if (process.platform !== 'win32') makePrivateFolder(dirname(address));
  return { contract, address };
}

/**
 * Where to call. What the running process wrote into its run file goes first: it may have been started with another
 * XDG_RUNTIME_DIR.
 */
export function endpointToCall<C extends ControlContract>(dataDir: string, contract: C): ControlEndpoint<C> {
  const announced = readRunFile(dataDir, `${contract.name}.json`);
  return { contract, address: announced?.control ?? addressOf(dataDir, contract.name) };
}

/** The first 16 hex digits of the SHA-256 of a data directory's absolute path; Windows ignores upper and lower case. */
export function dataDirHash(dataDir: string): string {
  const path = resolve(dataDir);
  const canonical = process.platform === 'win32' ? path.toLowerCase() : path;
  return createHash('sha256').update(canonical).digest('hex').slice(0, 16);
}

function addressOf(dataDir: string, name: ControlContract['name']): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\masala-${dataDirHash(dataDir)}-${name}`;
  const inRunFolder = join(resolve(runFolder(dataDir)), `${name}.sock`);
  if (Buffer.byteLength(inRunFolder) <= SOCKET_PATH_MAX_BYTES) return inRunFolder;
  const runtimeFolder = process.env.XDG_RUNTIME_DIR ?? tmpdir();
  const short = join(
    runtimeFolder,
    `masala-${process.getuid?.() ?? 0}`,
    `${dataDirHash(dataDir)}-${name}.sock`,
  );
  // A runtime folder that is itself too long (a temporary folder of a test, say) leaves /tmp.
  if (Buffer.byteLength(short) <= SOCKET_PATH_MAX_BYTES) return short;
  return `/tmp/masala-${process.getuid?.() ?? 0}/${dataDirHash(dataDir)}-${name}.sock`;
}

function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder} is not a folder of this user; remove it or set XDG_RUNTIME_DIR to one`);
  }
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}
