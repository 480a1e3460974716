// A data directory as a real server leaves it when the power of its processes ends: documents, movements, commands, part
// of them still in the write-ahead log. Made once, copied for each case.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@masala/client';
import { MasalaError } from '@masala/protocol';
import { type Chance, chanceOf } from './chance.ts';
import { connectOwn, setUpClients } from './client-setup.ts';
import { Work } from './client-work.ts';
import type { FlipRole, PreparedFile } from './flip-plan.ts';
import type { Intent } from './journal.ts';
import { ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** In the database file proper; enough for tables and indexes of more than one page. */
const ACTS_CHECKPOINTED = 150;
/** Only in the write-ahead log. */
const ACTS_IN_LOG = 60;

/** The folders of a prepared server, as they lie in that of a ServerProcess. */
export const PREPARED_FOLDERS = ['data', 'second'] as const;

/**
 * Deaths without limit, since it is the campaign that kills; a watchdog that a busy machine does not provoke; backups when
 * the campaign asks for them, and not by the clock.
 */
const settings = [
  'restart.budget=0',
  'restart.backoffMs=0',
  'watchdog.hangTimeoutMs=10000',
  'supervisor.absenceMs=100',
  'backup.intervalMs=86400000',
  // What only the full check finds is found at once.
  'integrity.checkDelayMs=0',
];

/** A server whose second folder lies beside its data directory. */
export function serverWithSecondFolder(tree: string): ServerProcess {
  const set = (folder: string) => [...settings, `backup.secondFolder=${join(folder, 'second')}`];
  const server = new ServerProcess({ tree, set });
  mkdirSync(join(server.folder, 'second'));
  return server;
}

/**
 * Runs a server to that point, and kills it: two backups with commands after each, a journal that has them all, and a part
 * of them in the write-ahead log alone. Its folders are then the prepared ones.
 */
export async function prepareData(server: ServerProcess, seed: number): Promise<void> {
  const chance = chanceOf(seed);
  const { port } = await server.startAndServe();
  const own = await connectOwn(server, Number(port));
  try {
    const [task] = await setUpClients(server, own, { port: Number(port), seed, clients: 1, rate: 1 });
    if (task === undefined) throw new Error('one client was asked for');
    const work = new Work(task.surroundings);
    await act(own, work, ACTS_CHECKPOINTED / 2, chance);
    await backUp(server);
    await act(own, work, ACTS_CHECKPOINTED / 2, chance);
    // An ordered stop folds the log into the database file.
    await server.stop();
    await server.startAndServe();
    await act(own, work, ACTS_IN_LOG / 2, chance);
    await backUp(server);
    await act(own, work, ACTS_IN_LOG / 2, chance);
    await journalIsCurrent(server);
  } finally {
    own.close();
  }
  await server.killAll();
  removeTraces(server.dataDir);
}

/** Copies a prepared server into the folder of another one, or of a campaign. */
export function copyPrepared(from: string, to: string): void {
  for (const name of PREPARED_FOLDERS) cpSync(join(from, name), join(to, name), { recursive: true });
}

async function backUp(server: ServerProcess): Promise<void> {
  await until(
    'a backup',
    async () => (await server.ask((control) => control.call('backup.now', {}))) ?? undefined,
  );
}

async function journalIsCurrent(server: ServerProcess): Promise<void> {
  let last: unknown;
  await until(
    () => `the journal to be current; it is ${JSON.stringify(last)}`,
    async () => {
      const told = await server.ask((control) => control.call('backup.list', {}));
      last = told?.journal;
      return told?.journal?.state === 'current' && told.journal.lagCommands === 0 ? true : undefined;
    },
  );
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

/** What a running server leaves behind and the next one makes anew. */
function removeTraces(dataDir: string): void {
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
