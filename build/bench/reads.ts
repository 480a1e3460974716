// Point reads of one item among 100,000, 64 in flight on 4 connections: ours beside ws + JSON and beside bare TLS.

import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow, BenchSetting } from './bench.ts';
import type { LoadInput } from './load.ts';
import { makeDatabase, startOurCore } from './our-server.ts';
import { median, runLoad, startPeer } from './processes.ts';

const ITEMS = 100_000;
const PHASES = { warmUpMs: 1_500, measureMs: 3_000 };
/** The load picks from so many ids: enough to leave no cache warm by chance, few enough for a command line. */
const IDS_ASKED_FOR = 2_000;

export async function benchReads({ folder, rounds, say }: BenchSetting): Promise<BenchRow[]> {
  say(`reads: making ${ITEMS} items`);
  const ourFolder = join(folder, 'reads-ours');
  const ids = makeDatabase(ourFolder, ITEMS);
  const peerFolder = join(folder, 'reads-peers');
  mkdirSync(peerFolder);
  const databasePath = join(peerFolder, 'peer.db');
  cpSync(join(ourFolder, 'masala.db'), databasePath);
  const ours = await startOurCore(ourFolder);
  const input = {
    databasePath,
    keyPath: join(ourFolder, 'identity', 'server-key.pem'),
    certificatePath: join(ourFolder, 'identity', 'server-certificate.pem'),
  };
  const ws = await startPeer('ws-reads', input);
  const bare = await startPeer('bare-tls-reads', input);
  const load: Omit<LoadInput, 'protocol' | 'port'> = {
    ...PHASES,
    token: ours.token,
    work: 'read',
    itemIds: ids.filter((_, index) => index % (ITEMS / IDS_ASKED_FOR) === 0),
    connections: 4,
    inFlightPerConnection: 16,
  };
  const rates = { ours: [] as number[], ws: [] as number[], bare: [] as number[] };
  try {
    for (let round = 1; round <= rounds; round++) {
      say(`reads: round ${round} of ${rounds}`);
      rates.ours.push((await runLoad({ ...load, protocol: 'masala', port: ours.port })).perSecond);
      rates.ws.push((await runLoad({ ...load, protocol: 'wss', port: ws.port })).perSecond);
      rates.bare.push((await runLoad({ ...load, protocol: 'bare', port: bare.port })).perSecond);
    }
  } finally {
    await Promise.all([ours.stop(), ws.stop(), bare.stop()]);
  }
  const against = (peer: readonly number[], peerName: string, atLeast: number): BenchRow => ({
    name: 'point reads, 64 in flight',
    unit: 'reads/s',
    ours: median(rates.ours),
    peer: median(peer),
    peerName,
    ratio: median(rates.ours.map((value, index) => value / (peer[index] ?? Number.NaN))),
    demanded: { atLeast },
  });
  return [
    against(rates.ws, 'ws + JSON over TLS', 1),
    against(rates.bare, 'bare TLS + length + msgpackr', 0.7),
  ];
}
