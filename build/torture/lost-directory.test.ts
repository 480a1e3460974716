// The whole data directory is deleted but for identity and settings: with a journal on a second folder every document that
// was acknowledged comes back, exactly once.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@masala/client';
import { connectOwn, setUpClients } from './client-setup.ts';
import { ClientsAtWork } from './clients-at-work.ts';
import { auditJournals, complaintsOf } from './journal-audit.ts';
import { ownTree, ServerProcess } from './server-process.ts';
import { passTime, until } from './waiting.ts';

/** Half a minute on a quiet machine. */
const TIMEOUT_MS = 600_000;
/** Long enough for some backups with commands between them and after the last. */
const WORK_MS = 5_000;
const KEPT: readonly string[] = ['identity', 'settings.json'];

let server: ServerProcess;
let own: Client | undefined;
const clients = new ClientsAtWork();

beforeAll(() => {
  server = new ServerProcess({
    tree: ownTree,
    set: (folder) => [`backup.secondFolder=${join(folder, 'second')}`, 'backup.intervalMs=1500'],
  });
  mkdirSync(join(server.folder, 'second'));
});
afterAll(async () => {
  own?.close();
  await clients.end();
  await server.destroy({ keep: false });
});

test(
  'rm -rf of all but identity and settings: every document is back, exactly once',
  async () => {
    const port = Number((await server.startAndServe()).port);
    own = await connectOwn(server, port);
    const tasks = await setUpClients(server, own, { port, seed: 4, clients: 3, rate: 60 });
    for (const task of tasks) clients.start(ownTree, task);
    await clients.everybodySaves();
    await passTime(WORK_MS);
    await clients.finish();
    const booked = await journalCaughtUp();
    await server.killAll();
    for (const name of readdirSync(server.dataDir)) {
      if (!KEPT.includes(name)) rmSync(join(server.dataDir, name), { recursive: true });
    }

    server.start();
    const status = await until('the recovery', async () => {
      const told = await server.status();
      return told?.state === 'recovery' ? told : undefined;
    });
    expect(status.recovery).toMatchObject({ reason: 'missing', newest: { place: 'second' } });
    const chosen = await server.run('recover', 'restore', '--yes');
    expect(chosen).toMatchObject({ exitCode: 0 });
    expect((await server.status())?.lastRecovery).toMatchObject({ branchSequence: booked, warnings: [] });
    expect((await own.call('ledger.verify', {})).consistent).toBe(true);
    await server.stop();
    const audit = auditJournals(join(server.dataDir, 'masala.db'), clients.journals());
    expect(complaintsOf(audit)).toEqual([]);
    expect(audit.acknowledged).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

/** Waits until the journal shows no lag; gives the sequence that it has reached. */
async function journalCaughtUp(): Promise<number> {
  return await until('the journal to catch up', async () => {
    const list = await server.ask((control) => control.call('backup.list', {}));
    const journal = list?.journal;
    return journal?.state === 'current' && journal.lagCommands === 0 ? journal.lastSequence : undefined;
  });
}
