// Local sockets and named pipes as plain byte connections; the only file that imports node-ipc.
//
// node-ipc runs raw: its own parser dies of `null\f` and knows no size limit, so framing, limits and proofs are ours.

import { lstatSync, unlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { IPCModule } from 'node-ipc';
import { limits } from '../limits.ts';
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
  /** Ends listening and every open connection. */
  close(): Promise<void>;
}

/**
 * Listens at an address. A socket file that nobody answers on (its owner was killed) is removed first; one that
 * answers is left alone, and EADDRINUSE is thrown. The caller holds its process lock, so no other process of ours
 * can be between its own look and its own listen.
 */
export async function listen(
  address: string,
  onConnection: (connection: ByteConnection) => void,
): Promise<Listener> {
  try {
    return await listenOnce(address, onConnection);
  } catch (error) {
    if (!hasErrorCode(error, 'EADDRINUSE') || process.platform === 'win32' || (await answers(address)))
      throw error;
    if (!lstatSync(address).isSocket()) throw error;
    unlinkSync(address);
    return await listenOnce(address, onConnection);
  }
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

function listenOnce(address: string, onConnection: (connection: ByteConnection) => void): Promise<Listener> {
  const ipc = rawIpc();
  // On Windows the server puts the prefix of pipes before every path, the client only where it is missing.
  ipc.serve(address.startsWith(PIPE_PREFIX) ? address.slice(PIPE_PREFIX.length) : address);
  const server = ipc.server;
  server.on('connect', (socket) => onConnection(byteConnection(socket)));
  return new Promise((resolve, reject) => {
    server.on('start', () => resolve({ close: () => closeServer(server) }));
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
