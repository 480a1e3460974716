// Finds servers on the network: a question by UDP broadcast, and the signed answers. Only a hint; TLS decides.

import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  type Beacon,
  broadcastAddress,
  encodeQuery,
  LOOPBACK_BROADCAST,
  limits,
  readBeacon,
} from '@masala/protocol';

export interface FoundServer {
  readonly name: string;
  readonly serverId: string;
  /** Where the answer came from: of a server's many addresses one that surely reaches us. */
  readonly address: string;
  readonly port: number;
  readonly state: Beacon['state'];
}

export interface DiscoverOptions {
  /** The UDP port that servers listen on. */
  readonly port: number;
  readonly timeoutMs?: number;
  /** Ends the search as soon as this server answered; others are left out. */
  readonly serverId?: string;
  /** Asked directly besides, for servers in another network. IPv4. */
  readonly host?: string;
  readonly signal?: AbortSignal;
}

/** Servers answer within 5 ms; what is slow is a switch or a wireless card that has to wake up. */
export const DISCOVER_TIMEOUT_MS = 1_500;
/** UDP loses datagrams; three in a row are not lost but on a network that is down. */
const QUERIES = 3;
const NONCE_BYTES = 16;

/** The servers that answered in time, by name. Rejects only where the PC lets nobody open a UDP socket. */
export async function discover(options: DiscoverOptions): Promise<FoundServer[]> {
  if (options.port === 0 || options.signal?.aborted === true) return [];
  const nonce = randomBytes(NONCE_BYTES);
  const socket = await openSocket();
  const found = new Map<string, FoundServer>();
  let datagrams = 0;
  try {
    await new Promise<void>((resolve) => {
      const timers = ask(socket, encodeQuery(nonce), options, resolve);
      options.signal?.addEventListener('abort', () => resolve(), { once: true });
      socket.on('message', (datagram, from) => {
        if (++datagrams > limits.discoveryDatagramsMax) return resolve();
        const server = readAnswer(datagram, from, nonce);
        if (server === undefined || (options.serverId ?? server.serverId) !== server.serverId) return;
        if (!found.has(server.serverId)) found.set(server.serverId, server);
        if (options.serverId !== undefined) resolve();
      });
      socket.once('close', () => timers.forEach(clearTimeout));
    });
  } finally {
    socket.close();
  }
  return [...found.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** The server of an answer to our own question; undefined for every other datagram, however well signed. */
function readAnswer(datagram: Buffer, from: RemoteInfo, nonce: Buffer): FoundServer | undefined {
  const beacon = readBeacon(datagram);
  if (beacon === undefined || !nonce.equals(beacon.nonce)) return undefined;
  const { name, serverId, port, state } = beacon;
  return { name, serverId, address: from.address, port, state };
}

/** Sends the question several times over the time there is, then calls `onTimeout`. */
function ask(
  socket: Socket,
  query: Buffer,
  options: DiscoverOptions,
  onTimeout: () => void,
): NodeJS.Timeout[] {
  const timeoutMs = options.timeoutMs ?? DISCOVER_TIMEOUT_MS;
  const addresses = queryAddresses(networkInterfaces(), options.host);
  const send = () => {
    for (const address of addresses) {
      // A card without a network refuses (ENETUNREACH); the others may well reach the server.
      socket.send(query, options.port, address, () => undefined);
    }
  };
  send();
  const timers = [setTimeout(onTimeout, timeoutMs)];
  for (let turn = 1; turn < QUERIES; turn++) timers.push(setTimeout(send, (turn * timeoutMs) / QUERIES));
  return timers;
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** The broadcast address of each IPv4 network that this PC is part of, loopback's, and a given host. */
export function queryAddresses(interfaces: Interfaces, host?: string): string[] {
  const addresses = new Set([LOOPBACK_BROADCAST]);
  for (const card of Object.values(interfaces)) {
    for (const entry of card ?? []) {
      if (entry.family === 'IPv4') addresses.add(broadcastAddress(entry.address, entry.netmask));
    }
  }
  if (host !== undefined && isIPv4(host)) addresses.add(host);
  return [...addresses];
}

/** An ephemeral port, so that answers come back to us alone, whoever else listens for servers on this PC. */
function openSocket(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, () => {
      socket.off('error', reject);
      // From here on an error concerns one address (an ICMP answer on Windows), never the search.
      socket.on('error', () => undefined);
      socket.setBroadcast(true);
      resolve(socket);
    });
  });
}
