// The UDP side of being found: answers queries by unicast, and announces the server on each interface from time to time.

import type { KeyObject } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { type Beacon, broadcastAddress, encodeBeacon, LOOPBACK_BROADCAST, readQuery } from '@masala/protocol';
import { pause } from '../health/background-tasks.ts';
import type { LogLine } from '../log.ts';
import { AnswerBudget } from './answer-budget.ts';

/** A beacon has room for so many addresses; more cards than this has no PC of ours. */
const ADDRESSES_MAX = 8;
const NO_NONCE = new Uint8Array(0);

export interface AnnouncerOptions {
  readonly port: number;
  readonly intervalMs: number;
  readonly key: KeyObject;
  /** What is told at this moment, but for addresses and nonce. */
  readonly describe: () => Omit<Beacon, 'addresses' | 'nonce'>;
  readonly log: LogLine;
}

/** Runs until the signal is aborted. Rejects when the socket cannot be opened or fails. */
export async function announce(options: AnnouncerOptions, signal: AbortSignal): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  // One promise that every pause raced against would gather a reaction of each, for as long as the server runs.
  const over = new AbortController();
  const end = (reason: unknown) => over.abort(reason);
  socket.on('error', end);
  signal.addEventListener('abort', end, { once: true });
  try {
    const announcer = new Announcer(options, socket);
    await announcer.bind(over.signal);
    if (!over.signal.aborted) {
      options.log('discovery.announcing', { port: options.port, intervalMs: options.intervalMs });
    }
    while (!over.signal.aborted) {
      announcer.announce();
      await pause(options.intervalMs, over.signal);
    }
    if (!signal.aborted) throw over.signal.reason;
  } finally {
    signal.removeEventListener('abort', end);
    socket.close();
  }
}

class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #socket: Socket;
  readonly #budget = new AnswerBudget();
  #signed: { readonly described: string; readonly datagram: Buffer } | undefined;

  constructor(options: AnnouncerOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on('message', (datagram, from) => this.#answer(datagram, from));
  }

  /** Resolves when bound, or when the signal says that it will not come to that. */
  bind(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      // Every card: a query that was broadcast reaches only sockets that are bound so.
      this.#socket.bind({ port: this.#options.port, address: '0.0.0.0' }, () => {
        this.#socket.setBroadcast(true);
        resolve();
      });
    });
  }

  announce(): void {
    const interfaces = ipv4Interfaces();
    const datagram = this.#announcement(interfaces.map((card) => card.address));
    for (const target of [...interfaces.map((card) => card.broadcast), LOOPBACK_BROADCAST]) {
      this.#send(datagram, this.#options.port, target);
    }
  }

  #answer(datagram: Buffer, from: RemoteInfo): void {
    const nonce = readQuery(datagram);
    if (nonce === undefined || !this.#budget.take(from.address, performance.now())) return;
    const addresses = ipv4Interfaces().map((card) => card.address);
    const beacon = { ...this.#options.describe(), addresses, nonce };
    this.#send(encodeBeacon(beacon, this.#options.key), from.port, from.address);
  }

  /** Signed anew only when something that it tells has changed. */
  #announcement(addresses: string[]): Buffer {
    const beacon = { ...this.#options.describe(), addresses, nonce: NO_NONCE };
    const { certificate: _, ...told } = beacon;
    const described = JSON.stringify(told);
    if (this.#signed?.described !== described) {
      this.#signed = { described, datagram: encodeBeacon(beacon, this.#options.key) };
    }
    return this.#signed.datagram;
  }

  #send(datagram: Buffer, port: number, address: string): void {
    this.#socket.send(datagram, port, address, (error) => {
      // A card that is down must not keep the others from being tried.
      if (error) this.#options.log('discovery.send.failed', { address, error: error.message });
    });
  }
}

/** The addresses by which others on the network reach this PC, each with its network's broadcast address. */
function ipv4Interfaces(): { readonly address: string; readonly broadcast: string }[] {
  const found: { address: string; broadcast: string }[] = [];
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { family, internal, address, netmask } of addresses ?? []) {
      if (family !== 'IPv4' || internal) continue;
      found.push({ address, broadcast: broadcastAddress(address, netmask) });
    }
  }
  return found.slice(0, ADDRESSES_MAX);
}
