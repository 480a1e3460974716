// Durable saves, 64 in flight: ours on 4 connections beside Fastify with one commit for each request.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow, BenchSetting } from './bench.ts';
import type { LoadInput } from './load.ts';
import { makeDatabase, startOurCore } from './our-server.ts';
import { median, runLoad, startPeer } from './processes.ts';

const PHASES = { warmUpMs: 1_500, measureMs: 3_000 };

export async function benchSaves({ folder, rounds, say }: BenchSetting): Promise<BenchRow[]> {
  const ourFolder = join(folder, 'saves-ours');
  const itemIds = makeDatabase(ourFolder, 1_000);
  const ours = await startOurCore(ourFolder);
  const peerFolder = join(folder, 'saves-fastify');
  mkdirSync(peerFolder);
  const identity = {
    keyPath: join(ourFolder, 'identity', 'server-key.pem'),
    certificatePath: join(ourFolder, 'identity', 'server-certificate.pem'),
  };
  const fastify = await startPeer('fastify-saves', {
    databasePath: join(peerFolder, 'peer.db'),
    ...identity,
  });
  const ourLoad: LoadInput = {
    ...PHASES,
    protocol: 'masala',
    port: ours.port,
    token: ours.token,
    work: 'save',
    itemIds,
    connections: 4,
    inFlightPerConnection: 16,
  };
  const peerLoad: LoadInput = { ...ourLoad, protocol: 'https', port: fastify.port, itemIds: ['item'] };
  const results = {
    ours: [] as number[],
    fastify: [] as number[],
    oursP99: [] as number[],
    fastifyP99: [] as number[],
  };
  try {
    for (let round = 1; round <= rounds; round++) {
      say(`saves: round ${round} of ${rounds}`);
      const our = await runLoad(ourLoad);
      const peer = await runLoad(peerLoad);
      if (our.failed + peer.failed > 0)
        throw new Error(`saves failed: ours ${our.failed}, fastify ${peer.failed}`);
      results.ours.push(our.perSecond);
      results.fastify.push(peer.perSecond);
      results.oursP99.push(our.p99Ms);
      results.fastifyP99.push(peer.p99Ms);
    }
  } finally {
    await ours.stop();
    await fastify.stop();
  }
  return [
    {
      name: 'durable saves, 64 in flight',
      unit: 'saves/s',
      ours: median(results.ours),
      peer: median(results.fastify),
      peerName: 'Fastify + better-sqlite3, a commit each',
      ratio: median(results.ours.map((value, index) => value / (results.fastify[index] ?? Number.NaN))),
      demanded: { atLeast: 5 },
    },
    {
      name: 'p99 of these saves',
      unit: 'ms',
      ours: median(results.oursP99),
      peer: median(results.fastifyP99),
      peerName: 'Fastify + better-sqlite3, a commit each',
      ratio: median(results.oursP99) / median(results.fastifyP99),
    },
  ];
}
