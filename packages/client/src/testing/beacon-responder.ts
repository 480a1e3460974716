// Answers discovery queries as a server does, or as somebody does who would like to be taken for one.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Beacon, encodeBeacon, readQuery } from '@masala/protocol';
import type { FixtureIdentity } from './certificate.ts';

export interface Responder {
  readonly port: number;
  /** How many queries came. */
  queries(): number;
  close(): Promise<void>;
}

/** Makes the datagrams that answer a query. */
export type Answers = (nonce: Uint8Array) => readonly Buffer[];

/** Several responders may share a port, as several servers of one PC do; 0 picks a free one. */
export async function respond(answers: Answers, port = 0): Promise<Responder> {
  const socket: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  let queries = 0;
  socket.on('message', (datagram, from) => {
    const nonce = readQuery(datagram);
    if (nonce === undefined) return;
    queries++;
    for (const answer of answers(nonce)) socket.send(answer, from.port, from.address);
  });
  socket.bind(port);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    queries: () => queries,
    close: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
}

export function beaconOf(identity: FixtureIdentity, changes: Partial<Beacon>): Beacon {
  return {
    serverId: identity.serverId,
    certificate: identity.certificateDer,
    name: 'Fixture',
    addresses: ['127.0.0.1'],
    port: 8090,
    state: 'running',
    bootSequence: 1,
    nonce: new Uint8Array(16),
    ...changes,
  };
}

export function signedBeacon(identity: FixtureIdentity, changes: Partial<Beacon>): Buffer {
  return encodeBeacon(beaconOf(identity, changes), identity.privateKey);
}
