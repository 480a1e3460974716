// From kill -9 of the core to the next acknowledged save at a client, beside a bare parent that respawns a bare child.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { connect as connectClient } from '@masala/client';
import { v7 } from 'uuid';
import type { BenchRow, BenchSetting } from './bench.ts';
import { makeDatabase } from './our-server.ts';
import { end, median, pathOf } from './processes.ts';
import { startOurSupervisor } from './supervised.ts';

/** As the issue asks: the median of 15. */
const KILLS = 15;
/** Saves go on for so long before each kill, so that both are warm and nothing of the last restart is left. */
const SAVING_MS = 1_500;
const ITEMS = 1_000;

export async function benchRestart({ folder, say }: BenchSetting): Promise<BenchRow[]> {
  const ourFolder = join(folder, 'restart-ours');
  const itemIds = makeDatabase(ourFolder, ITEMS);
  const ours = await timeOurs(ourFolder, itemIds[0] ?? '', say);
  const peerFolder = join(folder, 'restart-bare');
  mkdirSync(peerFolder);
  const bare = await timeBare(peerFolder, join(ourFolder, 'identity'), say);
  return [
    {
      name: `kill -9 of the core to the next acknowledged save, median of ${KILLS}`,
      unit: 'ms',
      ours: median(ours),
      peer: median(bare),
      peerName: 'bare parent and child',
      ratio: median(ours) / median(bare),
      demanded: { atMost: 3 },
    },
  ];
}

async function timeOurs(folder: string, itemId: string, say: (progress: string) => void): Promise<number[]> {
  const server = await startOurSupervisor(folder);
  const client = connectClient(server.profile);
  const save = () => client.call('receipts.create', { lines: [{ itemId, quantity: 1 }] });
  const timesMs: number[] = [];
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      say(`restart: our kill ${kill} of ${KILLS}`);
      for (const until = performance.now() + SAVING_MS; performance.now() < until; ) await save();
      const pid = await server.corePid();
      const killedAt = performance.now();
      process.kill(pid, 'SIGKILL');
      await save();
      timesMs.push(performance.now() - killedAt);
    }
  } finally {
    client.close();
    await server.stop();
  }
  return timesMs;
}

async function timeBare(
  folder: string,
  identity: string,
  say: (progress: string) => void,
): Promise<number[]> {
  const port = await freePort();
  const input = JSON.stringify({
    databasePath: join(folder, 'peer.db'),
    keyPath: join(identity, 'server-key.pem'),
    certificatePath: join(identity, 'server-certificate.pem'),
    port,
  });
  let stopped = false;
  const spawnChild = (): ChildProcess => {
    const spawned = spawn(process.execPath, [pathOf('./peers/respawn-child.ts'), input], {
      stdio: 'inherit',
    });
    spawned.once('exit', () => {
      if (!stopped) child = spawnChild();
    });
    return spawned;
  };
  let child = spawnChild();
  const timesMs: number[] = [];
  for (let kill = 1; kill <= KILLS; kill++) {
    say(`restart: bare kill ${kill} of ${KILLS}`);
    for (const until = performance.now() + SAVING_MS; performance.now() < until; ) await saveOnce(port);
    const killedAt = performance.now();
    child.kill('SIGKILL');
    await saveOnce(port);
    timesMs.push(performance.now() - killedAt);
  }
  stopped = true;
  await end(child);
  return timesMs;
}

/** Connects, saves, and reads the answer; tries again at once until it has one. */
async function saveOnce(port: number): Promise<void> {
  const body = JSON.stringify({
    commandId: v7(),
    reference: 'bench',
    lines: [{ itemId: 'item', quantity: 1 }],
  });
  for (;;) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () =>
        socket.write(body),
      );
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
    });
    if (answered) return;
    // One knock a millisecond: a refused connection is told at once, and a tight loop would take the child's processor.
    await delay(1);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
