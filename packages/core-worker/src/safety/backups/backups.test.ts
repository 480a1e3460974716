// Backups of a real database in real folders: made while saves go on, proven, copied, kept, told.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { limits, MasalaError } from '@masala/protocol';
import { TEST_START, TestInventory } from '../../inventory/testing/inventory.ts';
import { openForReading } from '../../store/sqlite.ts';
import { scratchFolder, secondHome } from './backup-folders.ts';
import { Backups, type BackupsParts } from './backups.ts';
import { copyDatabase, readContent } from './copy-database.ts';
import { unpackBackup } from './unpack.ts';

const MEBIBYTE = 1024 * 1024;

let inventory: TestInventory;
let itemId: string;
let second: string;
let usb: string;
let now: number;
let freeBytes: number;
let critical: string[];
let notices: Map<string, unknown>;
let logged: string[];
let backups: Backups;

beforeEach(() => {
  inventory = new TestInventory();
  itemId = inventory.book('items.create', { sku: 'NUT', name: 'Nut', unit: 'pcs' }).id;
  receive();
  second = mkdtempSync(join(tmpdir(), 'masala-second-'));
  usb = mkdtempSync(join(tmpdir(), 'masala-usb-'));
  now = TEST_START;
  freeBytes = 1_000 * MEBIBYTE;
  critical = [];
  notices = new Map();
  logged = [];
  backups = new Backups(parts());
});

afterEach(async () => {
  await backups.close();
  inventory.close();
  for (const folder of [second, usb]) rmSync(folder, { recursive: true, force: true });
});

function parts(more: Partial<BackupsParts> = {}): BackupsParts {
  return {
    folders: { dataDir: inventory.folder, secondFolder: null, serverId: 'ab'.repeat(32) },
    databasePath: inventory.path,
    version: '0.1.0',
    intervalMs: 100,
    reserveBytes: MEBIBYTE,
    freeBytes: async () => freeBytes,
    present: () => {
      const { epoch, lastSequence } = readContent(inventory.database);
      return { epoch, lastSequence };
    },
    isCritical: (folder) => critical.includes(folder),
    now: () => now,
    notice: (name, data) => void (data === null ? notices.delete(name) : notices.set(name, data)),
    onMade: () => undefined,
    onProgress: () => undefined,
    log: (event) => void logged.push(event),
    ...more,
  };
}

async function begin(more: Partial<BackupsParts> = {}): Promise<void> {
  await backups.close();
  backups = new Backups(parts(more));
}

const withSecond = () =>
  begin({ folders: { dataDir: inventory.folder, secondFolder: second, serverId: 'ab'.repeat(32) } });

const receive = (quantity = 5) =>
  inventory.book('receipts.create', { lines: [{ itemId, quantity }], post: true });

const summary = async () =>
  (await backups.list()).points.map(({ manifest, place, state }) => `${manifest.kind} ${place} ${state}`);

const leftovers = (root = join(inventory.folder, 'backups')) =>
  existsSync(scratchFolder(root)) ? readdirSync(scratchFolder(root)) : [];

/** Lets the background task run until a condition holds. */
async function runUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = new AbortController();
  const running = backups.run(end.signal);
  try {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    end.abort();
    await running;
  }
}

async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MasalaError)) throw new Error(`expected a MasalaError, got ${String(error)}`);
  return error.code;
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

const silent = { send: async () => undefined, throwIfStopped: () => undefined };

// --- making -----------------------------------------------------------------------------------------------

test('the first look makes all kinds, daily and weekly ones proven; the next makes a snapshot when something changed', async () => {
  await runUntil(async () => (await summary()).length === 3);
  expect((await summary()).sort()).toEqual([
    'daily data verified',
    // The same content as the two that were proven.
    'snapshot data verified',
    'weekly data verified',
  ]);
  expect(logged).toEqual(['backup.made', 'backup.made', 'backup.made']);
  receive();
  now += 60_000;
  await runUntil(async () => (await summary()).length === 4);
  expect((await summary())[0]).toBe('snapshot data unverified');
  expect(leftovers()).toEqual([]);
});

test('what is unpacked is the database, to the last row, though saves went on while it was copied', async () => {
  inventory.database.exec(
    `CREATE TABLE filler (content BLOB); INSERT INTO filler VALUES (zeroblob(${64 * MEBIBYTE}))`,
  );
  const before = readContent(inventory.database);
  let saves = 0;
  const reading = openForReading(inventory.path);
  const copied = await copyDatabase(reading, join(usb, 'copy.db'), {
    ...silent,
    send: async () => {
      saves += 1;
      receive();
    },
  });
  reading.close();
  expect(saves).toBeGreaterThan(1);
  expect(copied).toEqual({ ...before, databaseBytes: statSync(join(usb, 'copy.db')).size });
  const { manifest, path } = await backups.make('manual');
  await unpackBackup({ path, manifest }, join(usb, 'unpacked.db'), silent);
  const unpacked = openForReading(join(usb, 'unpacked.db'));
  expect(readContent(unpacked)).toEqual(readContent(inventory.database));
  unpacked.close();
  expect(manifest.bytes).toBe(statSync(path).size);
  expect(manifest.counts).toEqual({
    commands: 2 + saves,
    documents: 1 + saves,
    movements: 1 + saves,
    items: 1,
    partners: 0,
    devices: 0,
  });
  expect(manifest.lastCommandAt).toBe(inventory.now - 1);
});

test('a log that grows too long breaks the backup off, and nothing is left of it', async () => {
  inventory.database.exec(
    `CREATE TABLE filler (content BLOB); INSERT INTO filler VALUES (zeroblob(${64 * MEBIBYTE}))`,
  );
  const log = `${inventory.path}-wal`;
  // Zeros behind the end of the log are no frames: SQLite does not see them.
  const grow = async () => truncateSync(log, statSync(log).size + limits.backupWalGrowthMaxBytes);
  const reading = openForReading(inventory.path);
  const copying = copyDatabase(reading, join(usb, 'copy.db'), { ...silent, send: grow });
  expect(await codeOf(copying)).toBe('BACKUP_WAL_LIMIT');
  expect(existsSync(join(usb, 'copy.db'))).toBe(false);
  expect(reading.inTransaction).toBe(false);
  reading.close();
});

test('ids are unique within a second, and the order of making survives a clock that jumps back', async () => {
  const first = await backups.make('manual');
  const next = await backups.make('manual');
  expect(next.manifest.id).toBe(`${first.manifest.id}-2`);
  now -= 86_400_000;
  const last = await backups.make('manual');
  expect((await backups.list()).points.map(({ manifest }) => manifest.id)).toEqual(
    [last, next, first].map(({ manifest }) => manifest.id),
  );
});

test('without room nothing is begun, the admin is told, and it is tried again', async () => {
  freeBytes = MEBIBYTE;
  await runUntil(() => notices.has('backup-failed'));
  expect(notices.get('backup-failed')).toEqual({ reason: 'There is not enough space for the backup.' });
  expect(logged).toContain('backup.failed');
  expect(await summary()).toEqual([]);
  freeBytes = 1_000 * MEBIBYTE;
  await runUntil(async () => (await summary()).length === 3);
  expect(notices.size).toBe(0);
  expect(leftovers()).toEqual([]);
});

test('a damaged database makes no daily backup, and says so', async () => {
  inventory.database.exec('UPDATE levels SET quantity = quantity + 1');
  await runUntil(() => notices.has('backup-failed'));
  expect(notices.get('backup-failed')).toMatchObject({
    reason: expect.stringContaining('its ledger differs'),
  });
  expect(await summary()).toEqual([]);
});

test('what a killed run left is cleared at the start', async () => {
  mkdirSync(join(scratchFolder(join(inventory.folder, 'backups')), 'dead'), { recursive: true });
  await runUntil(() => leftovers().length === 0);
});

test('who gives up gets CANCELLED, and nothing is left', async () => {
  inventory.database.exec(
    `CREATE TABLE filler (content BLOB); INSERT INTO filler VALUES (zeroblob(${8 * MEBIBYTE}))`,
  );
  const end = new AbortController();
  const making = backups.make('manual', { signal: end.signal, onProgress: () => end.abort() });
  expect(await codeOf(making)).toBe('CANCELLED');
  expect(await summary()).toEqual([]);
  expect(leftovers()).toEqual([]);
});

// --- elsewhere --------------------------------------------------------------------------------------------

test('one on a USB drive lies there and nowhere else, also when there is no room for the work here', async () => {
  const { path, place, manifest } = await backups.make('manual', { to: usb });
  expect(place).toBe('path');
  expect(readdirSync(usb).sort()).toEqual([`${manifest.id}.db.zst`, `${manifest.id}.json`]);
  expect(await summary()).toEqual([]);
  expect(await backups.verify(path)).toMatchObject([{ state: 'verified', place: 'path' }]);
  await begin({ freeBytes: async (folder) => (folder.startsWith(usb) ? 1_000 * MEBIBYTE : 0) });
  now += 1_000;
  await backups.make('manual', { to: usb });
  expect(readdirSync(usb)).toHaveLength(4);
});

test.each([
  ['a path that is not full', () => 'somewhere'],
  ['a folder that is not there', () => join(usb, 'none')],
  ['a file', () => inventory.path],
])('%s is refused as a place', async (_, to) => {
  expect(await codeOf(backups.make('manual', { to: to() }))).toBe('BACKUP_FOLDER_UNREACHABLE');
});

test('the second folder gets a copy of each; away and back, it gets what it missed', async () => {
  await withSecond();
  const home = secondHome(second, 'ab'.repeat(32));
  await backups.make('manual');
  expect(await summary()).toEqual(['manual data unverified', 'manual second unverified']);
  expect(basename(home)).toBe('masala-abababababab');
  expect(notices.get('second-folder-same-disk')).toEqual({ folder: second });
  renameSync(second, `${second}-away`);
  now += 1_000;
  await backups.make('manual');
  expect(notices.get('second-folder-unreachable')).toEqual({ folder: second });
  expect((await backups.list()).unreachable).toEqual([second]);
  expect(existsSync(second)).toBe(false);
  renameSync(`${second}-away`, second);
  const copies = async () => (await summary()).filter((one) => one.startsWith('manual second')).length;
  await runUntil(async () => (await copies()) === 2);
  expect(notices.has('second-folder-unreachable')).toBe(false);
  expect(leftovers(join(home, 'backups'))).toEqual([]);
});

test('a copy in the second folder that is cut is made again', async () => {
  await withSecond();
  await backups.make('manual');
  const [copy] = (await backups.list()).points.filter(({ place }) => place === 'second');
  truncateSync(copy?.path ?? '', 10);
  expect((await summary()).sort()).toEqual(['manual data unverified', 'manual second damaged']);
  await backups.make('snapshot');
  expect(await summary()).not.toContain('manual second damaged');
});

test('one that has rotted here is marked and not copied; the others are', async () => {
  const rotten = await backups.make('manual');
  flip(rotten.path, rotten.manifest.bytes >> 1);
  await withSecond();
  now += 1_000;
  await backups.make('manual');
  expect(await summary()).toEqual([
    'manual data unverified',
    'manual second unverified',
    'manual data damaged',
  ]);
  expect(logged).toContain('backup.damaged');
});

test('a second folder without room is told; the backups here are made all the same', async () => {
  await begin({
    folders: { dataDir: inventory.folder, secondFolder: second, serverId: 'ab'.repeat(32) },
    freeBytes: async (folder) => (folder === second ? 0 : 1_000 * MEBIBYTE),
  });
  await backups.make('manual');
  expect(await summary()).toEqual(['manual data unverified']);
  expect(notices.get('backup-failed')).toEqual({
    reason: `copying to ${second}: There is not enough space for the backup.`,
  });
});

// --- proving ----------------------------------------------------------------------------------------------

test('a snapshot is verified on demand, and stays so', async () => {
  const { manifest } = await backups.make('snapshot');
  const phases = new Set<string>();
  const found = await backups.verify(manifest.id, { onProgress: ({ phase }) => phases.add(phase) });
  expect(found).toMatchObject([{ state: 'verified', manifest: { verified: { at: now } } }]);
  expect([...phases]).toEqual(['unpack', 'check', 'ledger']);
  expect(await summary()).toEqual(['snapshot data verified']);
  expect(await codeOf(backups.verify('20200101-000000-daily'))).toBe('BACKUP_UNKNOWN');
});

test('any flipped byte of a backup is found, and remembered', async () => {
  const { path, manifest } = await backups.make('manual');
  const whole = readFileSync(path);
  const places = Array.from({ length: 24 }, (_, index) => Math.floor((manifest.bytes * index) / 24));
  for (const at of places) {
    flip(path, at);
    const [found] = await backups.verify(manifest.id);
    expect([at, found?.state]).toEqual([at, 'damaged']);
    expect(found?.problem).toMatch(/cannot be unpacked|digest/);
    expect(await summary()).toEqual(['manual data damaged']);
    writeFileSync(path, whole);
  }
  // A good read after a bad one: the disk hiccuped.
  expect(await backups.verify(undefined)).toMatchObject([{ state: 'verified' }]);
});

test('a backup that is whole, but not what its manifest says, is found', async () => {
  const { path, manifest } = await backups.make('manual');
  receive();
  const other = await backups.make('manual', { to: usb });
  const { writeManifest } = await import('./place-backup.ts');
  writeFileSync(path, readFileSync(other.path));
  const { bytes, sha256, databaseBytes } = other.manifest;
  writeManifest({ ...manifest, bytes, sha256, databaseBytes }, path);
  const [found] = await backups.verify(manifest.id);
  expect(found?.problem).toContain('its lastSequence is 3, and was 2');
});

// --- keeping ----------------------------------------------------------------------------------------------

test('of each kind so many stay as promised; in the second folder too', async () => {
  await withSecond();
  for (let count = 0; count < limits.backupEmergencyKept + 2; count++) {
    now += 1_000;
    await backups.make('emergency');
  }
  const kept = await summary();
  expect(kept.filter((one) => one.includes('data'))).toHaveLength(limits.backupEmergencyKept);
  expect(kept.filter((one) => one.includes('second'))).toHaveLength(limits.backupEmergencyKept);
  expect(logged).toContain('backup.removed');
});

test('on a nearly full disk nothing is made, and only the newest snapshot stays with the rest', async () => {
  for (const kind of ['snapshot', 'snapshot', 'daily', 'snapshot'] as const) await backups.make(kind);
  critical = [inventory.folder];
  receive();
  await runUntil(() => logged.includes('backup.removed'));
  expect(await summary()).toEqual(['snapshot data unverified', 'daily data verified']);
});

test('closed in the middle of a backup, it ends as given up, and nothing is left', async () => {
  const making = backups.make('daily', { onProgress: () => void backups.close() });
  expect(await codeOf(making)).toBe('CANCELLED');
  expect(logged).toEqual([]);
  expect(leftovers()).toEqual([]);
});

// --- the last rescue --------------------------------------------------------------------------------------

test('from the open handle of a deleted database, with its folder gone too, a backup is made that proves good', async () => {
  receive();
  const reading = openForReading(inventory.path);
  reading.prepare('SELECT count(*) FROM commands').get();
  rmSync(inventory.folder, { recursive: true });
  const underWay = codeOf(backups.make('manual'));
  const { manifest } = await backups.emergency(reading);
  expect(await underWay).toMatch(/^(CANCELLED|BACKUP_FAILED)$/);
  reading.close();
  expect(manifest).toMatchObject({ kind: 'emergency', lastSequence: 3 });
  expect(await backups.verify(manifest.id)).toMatchObject([{ state: 'verified' }]);
});
