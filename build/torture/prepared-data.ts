// A data directory as a real server leaves it when the power of its processes ends: documents, movements, commands, part
// of them still in the write-ahead log. Made once, copied for each case.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@masala/client';
import { MasalaError } from '@masala/protocol';
import { type Chance, chanceOf } from './chance.ts';
import { connectOwn, setUpClients } from './client-setup.ts';
import { Work } from './client-work.ts';
import type { FlipRole, PreparedFile } from './flip-plan.ts';
import type { Intent } from './journal.ts';
import type { ServerProcess } from './server-process.ts';

/** In the database file proper; enough for tables and indexes of more than one page. */
const ACTS_CHECKPOINTED = 150;
/** Only in the write-ahead log. */
const ACTS_IN_LOG = 60;

/** Runs a server to that point, and kills it. The server's data directory is then the prepared one. */
export async function prepareData(server: ServerProcess, seed: number): Promise<void> {
  const chance = chanceOf(seed);
  const { port } = await server.startAndServe();
  const own = await connectOwn(server, Number(port));
  try {
    const [task] = await setUpClients(server, own, { port: Number(port), seed, clients: 1, rate: 1 });
    if (task === undefined) throw new Error('one client was asked for');
    const work = new Work(task.surroundings);
    await act(own, work, ACTS_CHECKPOINTED, chance);
    // An ordered stop folds the log into the database file.
    await server.stop();
    await server.startAndServe();
    await act(own, work, ACTS_IN_LOG, chance);
  } finally {
    own.close();
  }
  await server.killAll();
}

/** One after the other, so that each is a transaction of its own. Refusals are booked, too. */
async function act(own: Client, work: Work, count: number, chance: Chance): Promise<void> {
  for (let done = 0; done < count; done++) {
    const { method, params } = work.next(chance);
    const intent: Intent = { type: 'intent', commandId: String(done), method, params };
    work.note(intent);
    const { commandId } = intent;
    try {
      const result = await own.call(method, params as never);
      work.note({ type: 'answer', commandId, result });
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      work.note({ type: 'answer', commandId, error: { code: error.code } });
    }
  }
}

/** Every file below a folder that a flip may hit. */
export function preparedFiles(folder: string): PreparedFile[] {
  const files: PreparedFile[] = [];
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const role = roleOf(path);
    if (role === undefined) continue;
    const content = readFileSync(join(folder, path));
    if (content.length > 0) files.push({ path, role, content });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** What a running server left behind and the next one makes anew. */
export function removeTraces(dataDir: string): void {
  for (const name of ['masala.db-shm', 'run', 'logs'])
    rmSync(join(dataDir, name), { recursive: true, force: true });
}

function roleOf(path: string): FlipRole | undefined {
  if (path === 'data/masala.db') return 'database';
  if (path === 'data/masala.db-wal') return 'log';
  if (path === 'data/chain-end') return 'mark';
  if (/\/backups\/.*\.db\.zst$/.test(path)) return 'backup';
  if (/\/backups\/.*\.json$/.test(path)) return 'manifest';
  return /\/journal\/.+\/[^/]+$/.test(path) ? 'journal' : undefined;
}
