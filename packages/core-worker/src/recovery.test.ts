// A core that cannot serve its database: what devices and the admin are told, and the way out by each choice.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CoreStatus, RestoreShown } from '@masala/protocol/control';
import Database from 'better-sqlite3';
import { readRecoveryNote, writeRecoveryNote } from './safety/recovery-note.ts';
import { GENESIS_HASH } from './store/chain.ts';
import { migrations } from './store/migrations/index.ts';
import { migrate } from './store/open.ts';
import { openForWriting } from './store/sqlite.ts';
import {
  type CoreUnderTest,
  startCore,
  type TestDevice,
  temporaryDataDir,
} from './testing/core-under-test.ts';
import { within } from './testing/wire-client.ts';

let core: CoreUnderTest | undefined;
afterEach(async () => {
  await core?.end();
  core = undefined;
});

const PARTNER = { code: 'S1', name: 'A supplier', kind: 'supplier' };
const COMMAND_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
/** No background check or backup in the middle of a test that does not ask for one. */
const quiet = ['integrity.checkDelayMs=3600000', 'backup.intervalMs=3600000'];

/** A core with one partner and a backup of it; gives the device that saved it. */
async function servedOnce(): Promise<{ dataDir: string; device: TestDevice }> {
  core = await startCore({ set: quiet });
  const device = await core.device();
  await device.client.call('partners.create', { ...PARTNER, commandId: COMMAND_ID });
  await core.control.call('backup.now', {}, 30_000);
  await core.process.kill();
  return { dataDir: core.dataDir, device };
}

async function startAgain(dataDir: string, ...set: string[]): Promise<CoreUnderTest> {
  core = await startCore({ dataDir, set: [...quiet, ...set] });
  return core;
}

async function statusWhen(again: CoreUnderTest, fits: (status: CoreStatus) => boolean): Promise<CoreStatus> {
  const look = async () => {
    for (;;) {
      const status = await again.control.call('status', {});
      if (fits(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return await within('the status', look());
}

const isRunning = ({ state, port }: CoreStatus) => state === 'running' && port !== null;

function damage(dataDir: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(join(dataDir, `masala.db${suffix}`), { force: true });
  writeFileSync(join(dataDir, 'masala.db'), 'this is no database, and it never was one'.repeat(200));
}

test('a damaged database: devices are told to wait, the admin restores, and everything is there again', async () => {
  const { dataDir, device } = await servedOnce();
  damage(dataDir);
  const again = await startAgain(dataDir);
  const status = await again.control.call('status', {});
  expect(status).toMatchObject({
    state: 'recovery',
    recovery: { reason: 'damaged', question: 'Database integrity issue detected. Restore from backup?' },
  });
  expect(status.recovery?.newest).toMatchObject({ kind: 'manual', commands: 2 });
  const waiting = await again.connect();
  expect((await waiting.request('session.hello', helloParams)).error).toMatchObject({
    code: 'SERVER_IN_RECOVERY',
  });

  expect(await again.control.call('recovery.restore', {})).toEqual({ started: true });
  const after = await statusWhen(again, isRunning);
  expect(after.lastRecovery).toMatchObject({ action: 'restore', branchSequence: 2 });
  expect(after.notices.map(({ name }) => name)).toContain('database-recovered');
  const known = await again.signIn(device.token);
  expect((await known.call('partners.list', {})).partners).toHaveLength(1);
  // The same command again is the same answer: the restored history still knows it.
  expect(await known.codeOf('partners.create', { ...PARTNER, commandId: COMMAND_ID })).toBeNull();
  const [incident = ''] = readdirSync(join(dataDir, 'quarantine'));
  expect(readFileSync(join(dataDir, 'quarantine', incident, 'masala.db'), 'utf8')).toMatch(
    /^this is no database/,
  );
  expect(readRecoveryNote(dataDir, Date.now())).toBeNull();
  expect(existsSync(join(dataDir, 'restore'))).toBe(false);
});

test('a database that lost its newest commands is not served, though SQLite finds nothing wrong with it', async () => {
  const { dataDir } = await servedOnce();
  truncateSync(join(dataDir, 'masala.db-wal'), 0);
  const status = await (await startAgain(dataDir)).control.call('status', {});
  expect(status).toMatchObject({ state: 'recovery', recovery: { reason: 'damaged' } });
});

test('a missing database is asked for with the age of the newest backup', async () => {
  const { dataDir } = await servedOnce();
  for (const name of ['masala.db', 'masala.db-wal', 'masala.db-shm'])
    rmSync(join(dataDir, name), { force: true });
  const status = await (await startAgain(dataDir)).control.call('status', {});
  expect(status.recovery?.question).toBe('No database found. Restore from latest backup (just now)?');
});

test('a backup that nobody can read is not none: the admin is asked', async () => {
  const { dataDir } = await servedOnce();
  for (const name of ['masala.db', 'masala.db-wal', 'masala.db-shm'])
    rmSync(join(dataDir, name), { force: true });
  const folder = join(dataDir, 'backups', 'manual');
  for (const name of readdirSync(folder)) if (name.endsWith('.json')) truncateSync(join(folder, name), 9);
  const status = await (await startAgain(dataDir)).control.call('status', {});
  expect(status).toMatchObject({
    state: 'recovery',
    recovery: { message: 'masala.db is missing; 1 backups cannot be read' },
  });
});

test('a missing database of which there is no backup is a new empty one, and says so', async () => {
  const { dataDir } = await servedOnce();
  for (const name of ['masala.db', 'masala.db-wal', 'masala.db-shm', 'backups']) {
    rmSync(join(dataDir, name), { force: true, recursive: true });
  }
  const status = await (await startAgain(dataDir)).control.call('status', {});
  expect(status.state).toBe('running');
  expect(status.notices.map(({ message }) => message)).toContain('A new empty database has been created.');
});

test('fresh: an empty database that is a child of the history before', async () => {
  const { dataDir } = await servedOnce();
  damage(dataDir);
  const again = await startAgain(dataDir);
  await again.control.call('recovery.fresh', {});
  await statusWhen(again, isRunning);
  const { lineage } = (await again.connect().then((client) => client.hello())) as { lineage: unknown[] };
  expect(lineage).toMatchObject([{ origin: 'fresh', branchSequence: 0 }, {}]);
});

test('a choice that cannot be carried out changes nothing and is told', async () => {
  const { dataDir } = await servedOnce();
  damage(dataDir);
  const again = await startAgain(dataDir);
  await again.control.call('recovery.restore', { id: '20200101-000000-daily' });
  const failed = await statusWhen(again, ({ recovery }) => recovery?.failure !== null);
  expect(failed).toMatchObject({ state: 'recovery', recovery: { failure: { code: 'BACKUP_UNKNOWN' } } });
  expect(readFileSync(join(dataDir, 'masala.db'), 'utf8')).toMatch(/^this is no database/);
});

test('the backup that was shown is restored, or none; one that turns out to be damaged is not offered again', async () => {
  const { dataDir } = await servedOnce();
  damage(dataDir);
  const again = await startAgain(dataDir);
  const { recovery } = await again.control.call('status', {});
  const { id = '', lastSequence = 0, path = '' } = recovery?.newest ?? {};
  const restore = (shown: RestoreShown) => again.control.call('recovery.restore', { id, shown });
  const present = { epoch: 'an epoch', lastSequence };
  for (const shown of [{ point: { id, lastSequence: 1 } }, { point: { id, lastSequence }, present }])
    await expect(restore(shown)).rejects.toMatchObject({ code: 'RESTORE_CHANGED' });
  // As long as before: only its content says that it is another one.
  writeFileSync(path, Buffer.alloc(statSync(path).size));
  await restore({ point: { id, lastSequence } });
  const failed = await statusWhen(again, ({ recovery }) => recovery?.failure != null);
  expect(failed.recovery).toMatchObject({ failure: { code: 'BACKUP_DAMAGED' }, newest: null });
});

test('a choice that was made before a kill is carried out by the next start', async () => {
  const { dataDir } = await servedOnce();
  damage(dataDir);
  const request = { action: 'restore', id: null, until: null } as const;
  writeRecoveryNote(dataDir, {
    reason: 'damaged',
    at: 1,
    message: 'killed in the middle',
    request,
    tries: 1,
    chainEnd: null,
  });
  const again = await startAgain(dataDir);
  expect((await statusWhen(again, isRunning)).lastRecovery).toMatchObject({ action: 'restore' });
});

test('a choice that killed three cores is not made a fourth time by itself', async () => {
  const { dataDir } = await servedOnce();
  const request = { action: 'restore', id: null, until: null } as const;
  writeRecoveryNote(dataDir, {
    reason: 'damaged',
    at: 1,
    message: 'it kills',
    request,
    tries: 3,
    chainEnd: null,
  });
  const again = await startAgain(dataDir);
  expect(await again.logged('recovery.request.dropped')).toHaveLength(1);
  expect(await again.control.call('status', {})).toMatchObject({
    state: 'recovery',
    recovery: { working: null },
  });
});

test('the database is deleted under the running core: what it still held becomes a backup, and the next start offers it', async () => {
  core = await startCore({ set: quiet });
  const device = await core.device();
  await device.client.call('partners.create', { ...PARTNER, commandId: COMMAND_ID });
  rmSync(join(core.dataDir, 'masala.db'));
  expect(await core.process.exitCode()).toBe(35);
  const again = await startAgain(core.dataDir);
  const status = await again.control.call('status', {});
  expect(status).toMatchObject({
    state: 'recovery',
    recovery: { reason: 'lost', newest: { kind: 'emergency', commands: 2 } },
  });
  await again.control.call('recovery.restore', {});
  await statusWhen(again, isRunning);
  const known = await again.signIn(device.token);
  expect((await known.call('partners.list', {})).partners).toHaveLength(1);
});

test('a restore that is asked for while all is well goes back, whatever the journal has, and keeps what it undoes', async () => {
  const { dataDir, device } = await servedOnce();
  const second = join(dataDir, 'the-second-drive');
  mkdirSync(second);
  const again = await startAgain(dataDir, `backup.secondFolder=${second}`);
  const client = await again.signIn(device.token);
  const { points } = await again.control.call('backup.list', {});
  const late = {
    code: 'S2',
    name: 'Too late',
    kind: 'supplier',
    commandId: '01890a5d-ac96-774b-bcce-b302099a8058',
  };
  const id = points[0]?.id ?? '';
  const shown = {
    point: { id, lastSequence: points[0]?.lastSequence ?? 0 },
    present: (await again.control.call('backup.preview', { id })).present,
  };
  await client.call('partners.create', late);
  const restore = (shown: RestoreShown) => again.control.call('recovery.restore', { id, shown }, 30_000);
  const changed = { code: 'RESTORE_CHANGED' };
  // Shown before the late save; of a backup that reaches further; before there was a database again.
  await expect(restore(shown)).rejects.toMatchObject(changed);
  const { present } = await again.control.call('backup.preview', { id });
  const other = { id, lastSequence: shown.point.lastSequence + 1 };
  await expect(restore({ point: other, present })).rejects.toMatchObject(changed);
  await expect(restore({ point: shown.point })).rejects.toMatchObject(changed);
  expect(readRecoveryNote(dataDir, 1)).toBeNull();
  await restore({ ...shown, present });
  expect(await again.process.exitCode()).toBe(37);
  const restored = await startAgain(dataDir, `backup.secondFolder=${second}`);
  await statusWhen(restored, isRunning);
  const known = await restored.signIn(device.token);
  expect((await known.call('partners.list', {})).partners).toHaveLength(1);
  const kept = (await restored.control.call('backup.list', {})).points.filter(
    ({ kind, place }) => kind === 'emergency' && place === 'data',
  );
  expect(kept).toMatchObject([{ commands: 3 }]);
});

test('a restore that was asked for while all was well and fails leaves the database as it was, and served', async () => {
  const { dataDir } = await servedOnce();
  const request = { action: 'restore', id: '20200101-000000-daily', until: null } as const;
  writeRecoveryNote(dataDir, {
    ...{ reason: 'requested', at: 1, message: 'asked for', request, tries: 0, chainEnd: null },
  });
  const again = await startAgain(dataDir);
  const status = await statusWhen(again, isRunning);
  expect(status.notices.map(({ name }) => name)).toContain('restore-failed');
  expect(readRecoveryNote(dataDir, 1)).toBeNull();
});

test('files that were moved away under the core and are brought back are served again', async () => {
  const { dataDir, device } = await servedOnce();
  const files = ['masala.db', 'masala.db-wal', 'masala.db-shm'];
  writeRecoveryNote(dataDir, {
    ...{ reason: 'lost', at: 1, message: 'moved away', request: null, tries: 0, chainEnd: null },
  });
  for (const name of files) renameSync(join(dataDir, name), join(dataDir, `${name}.away`));
  const waiting = await startAgain(dataDir);
  expect(await waiting.control.call('status', {})).toMatchObject({ state: 'recovery' });
  await waiting.process.kill();
  for (const name of files) renameSync(join(dataDir, `${name}.away`), join(dataDir, name));
  const again = await startAgain(dataDir);
  await statusWhen(again, isRunning);
  const known = await again.signIn(device.token);
  expect((await known.call('partners.list', {})).partners).toHaveLength(1);
});

test('newest commands that are gone together with their mark are missed by the journal', async () => {
  const { dataDir, device } = await servedOnce();
  const second = join(dataDir, 'the-second-drive');
  mkdirSync(second);
  const secondFolder = `backup.secondFolder=${second}`;
  const stopped = await startAgain(dataDir, secondFolder);
  await stopped.control.call('stop', {});
  await stopped.process.exitCode();
  // Folded into the file by the stop; what comes now is in the log alone.
  const again = await startAgain(dataDir, secondFolder);
  const client = await again.signIn(device.token);
  const late = { code: 'S2', name: 'In the log', kind: 'supplier' };
  await client.call('partners.create', { ...late, commandId: '01890a5d-ac96-774b-bcce-b302099a8059' });
  await within('the journal', journalReaches(again, 3));
  await again.process.kill();
  for (const name of ['masala.db-wal', 'masala.db-shm', 'chain-end']) rmSync(join(dataDir, name));
  const restored = await startAgain(dataDir, secondFolder);
  expect((await restored.control.call('status', {})).recovery?.message).toMatch(
    /journal on the second drive/,
  );
  await restored.control.call('recovery.restore', {});
  await statusWhen(restored, isRunning);
  const known = await restored.signIn(device.token);
  expect((await known.call('partners.list', {})).partners).toHaveLength(2);
});

test('a database of an older schema, without a mark, is brought to the present one and served', async () => {
  const dataDir = temporaryDataDir();
  const second = join(dataDir, 'the-second-drive');
  mkdirSync(second);
  const database = openForWriting(join(dataDir, 'masala.db'));
  migrate(database, migrations.slice(0, 1));
  database.prepare('INSERT INTO epochs VALUES (?, NULL, 0, ?, 1)').run('the-first', GENESIS_HASH);
  database.prepare('INSERT INTO ledger VALUES (1, ?, 1, 0)').run('the-first');
  database.close();
  const status = await (await startAgain(dataDir, `backup.secondFolder=${second}`)).control.call(
    'status',
    {},
  );
  expect(status).toMatchObject({ state: 'running', epoch: 'the-first' });
});

async function journalReaches(server: CoreUnderTest, sequence: number): Promise<void> {
  while (((await server.control.call('backup.list', {})).journal?.lastSequence ?? 0) < sequence) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const helloParams = { protocol: { minimum: 1, maximum: 1 }, client: { name: 'a test', version: '0' } };

test('salvage: what can be read is carried into a sound database, and the report says what is missing', async () => {
  const { dataDir, device } = await servedOnce();
  const path = join(dataDir, 'masala.db');
  // SQLite finds nothing wrong with it; the mark does.
  const database = new Database(path);
  database.prepare('DELETE FROM commands WHERE sequence = 2').run();
  database.close();
  const again = await startAgain(dataDir);
  await again.control.call('recovery.salvage', {});
  const status = await statusWhen(again, isRunning);
  expect(status.lastRecovery).toMatchObject({ action: 'salvage' });
  expect(status.lastRecovery?.summary.join('\n')).toMatch(/commands: 1 carried, 1 lost/);
  const client = await again.signIn(device.token);
  expect((await client.call('partners.list', {})).partners).toHaveLength(1);
  expect((await client.call('ledger.verify', {})).consistent).toBe(true);
  expect(status.notices.map(({ name }) => name)).toContain('database-salvaged');
});
