// Local sockets and named pipes as plain byte connections; the only file that imports node-ipc.
//
// node-ipc runs raw: its own parser dies of `null\f` and knows no size limit, so framing, limits and proofs are ours.

import { randomBytes } from 'node:crypto';
import { type BigIntStats, lstatSync, renameSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { IPCModule } from 'node-ipc';
import { limits } from '../limits.ts';
import { linkWhereFree } from './link.ts';
import { hasErrorCode } from './system-error.ts';

const PIPE_PREFIX = '\\\\.\\pipe\\';

/** Unsent bytes for a peer that does not read; both ends are on one machine, so beyond it the peer is stuck. */
const SEND_BUFFER_MAX_BYTES = 4 * limits.frameMaxBytes;

/** Bytes in both directions. Nothing here throws once the connection stands: faults end it. */
export interface ByteConnection {
  send(bytes: Buffer): void;
  /** Sends what is queued, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
  onBytes(listener: (chunk: Buffer) => void): void;
  /** Settles when the connection has closed. Never rejects. */
  readonly closed: Promise<void>;
}

export interface Listener {
  /** Whether callers still find it: somebody may have deleted its socket, or put another one in its place. */
  stands(): boolean;
  /** Ends listening and every open connection. */
  close(): Promise<void>;
}

/** Whose socket stands at the address may change between two looks, by others that begin or end; after these it is told. */
const CLAIMS_MAX = 5;

/**
 * Listens at an address. A socket file that nobody answers on (its owner was killed) is removed first; one that answers is
 * left alone, and EADDRINUSE is thrown. Of several processes that come at the same time exactly one listens.
 */
export async function listen(
  address: string,
  onConnection: (connection: ByteConnection) => void,
): Promise<Listener> {
  // A pipe is one process's, and ends with it.
  if (process.platform === 'win32') {
    return { stands: () => true, close: await listenAt(address, onConnection) };
  }
  // Under a name of its own first, since the system unlinks at the close whatever stands at the name that was listened at.
  const own = nameBeside(address);
  const closeOwn = await listenAt(own, onConnection);
  try {
    const socket = lookAt(own);
    await claim(address, own);
    const stands = () => isSameFile(lookAt(address), socket);
    return {
      stands,
      close: async () => {
        // As long as it answers nobody else puts a socket there.
        if (stands()) rmSync(address, { force: true });
        await closeOwn();
      },
    };
  } catch (error) {
    await closeOwn();
    throw error;
  }
}

/** Gives the socket `own` the name `address`. Throws EADDRINUSE where something stands there that is no dead socket. */
async function claim(address: string, own: string): Promise<void> {
  for (let turn = 0; turn < CLAIMS_MAX; turn++) {
    if (linkWhereFree(own, address)) return rmSync(own, { force: true });
    const found = lookAt(address);
    if (found === undefined) continue; // somebody has just taken it away
    if (!found.isSocket() || (await answers(address))) break;
    takeAwayDead(address, found);
  }
  throw Object.assign(new Error(`something else is at ${address}`), { code: 'EADDRINUSE' });
}

/**
 * Takes the socket `dead` away. Who was faster has a living one there meanwhile: that one is put back. Without a pause, so that
 * hardly anybody can come between; whose socket is lost by it sees that it does not stand any more.
 */
function takeAwayDead(address: string, dead: BigIntStats): void {
  const aside = nameBeside(address);
  try {
    renameSync(address, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return; // somebody else has done it
    throw error;
  }
  if (!isSameFile(lookAt(aside), dead)) linkWhereFree(aside, address);
  rmSync(aside, { force: true });
}

function lookAt(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** By the time of its birth too: a file's number is given to the next one. */
function isSameFile(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one?.dev === other?.dev && one?.ino === other?.ino && one?.birthtimeNs === other?.birthtimeNs;
}

/** As short as the shortest of our sockets, so that it fits into a socket's address where that one does. */
function nameBeside(address: string): string {
  return join(dirname(address), `.${randomBytes(4).toString('hex')}`);
}

/** Connects to an address. Rejects with the system's error (ENOENT, ECONNREFUSED, EACCES …). */
export function dial(address: string): Promise<ByteConnection> {
  const ipc = rawIpc();
  ipc.connectTo('peer', address);
  const client = ipc.of.peer;
  if (client === undefined) throw new Error('node-ipc made no client');
  return new Promise((resolve, reject) => {
    client.on('connect', () => resolve(byteConnection(client.socket)));
    client.on('error', reject);
  });
}

/** Listens at this very name; gives how that is ended. */
function listenAt(
  address: string,
  onConnection: (connection: ByteConnection) => void,
): Promise<() => Promise<void>> {
  const ipc = rawIpc();
  // On Windows the server puts the prefix of pipes before every path, the client only where it is missing.
  ipc.serve(address.startsWith(PIPE_PREFIX) ? address.slice(PIPE_PREFIX.length) : address);
  const server = ipc.server;
  server.on('connect', (socket) => onConnection(byteConnection(socket)));
  return new Promise((resolve, reject) => {
    server.on('start', () => resolve(() => closeServer(server)));
    server.on('error', reject);
    server.start();
  });
}

function closeServer(server: IPCModule['server']): Promise<void> {
  return new Promise((resolve) => {
    const listening = server.server;
    if (listening === false || !listening.listening) return resolve();
    listening.once('close', () => resolve());
    server.stop();
  });
}

function rawIpc(): IPCModule {
  const ipc = new IPCModule();
  ipc.config.silent = true;
  ipc.config.rawBuffer = true;
  ipc.config.parser = 'raw';
  // A second server would silently take the first one's socket away.
  ipc.config.unlink = false;
  // Reconnecting is the business of who knows what a lost connection means.
  ipc.config.stopRetrying = true;
  ipc.config.maxRetries = 0;
  // A margin over our own limit, which answers before node-ipc drops connections without a word.
  ipc.config.maxConnections = 2 * limits.controlConnectionsMax;
  return ipc;
}

function byteConnection(socket: Socket): ByteConnection {
  const closed = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
  // node-ipc also listens; this one keeps an error that comes later from ending the process.
  socket.on('error', () => socket.destroy());
  return {
    send(bytes) {
      if (socket.destroyed || socket.writableEnded) return;
      if (socket.writableLength > SEND_BUFFER_MAX_BYTES) socket.destroy();
      else socket.write(bytes);
    },
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    onBytes: (listener) => void socket.on('data', listener),
    closed,
  };
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await dial(address);
    connection.destroy();
    return true;
  } catch (error) {
    return !hasErrorCode(error, 'ECONNREFUSED', 'ENOENT');
  }
}
