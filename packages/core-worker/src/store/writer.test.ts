// The writer as the main thread sees it: groups, deadlines, bounds, the queue's figures, and its end.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits, MasalaError } from '@masala/protocol';
import type { PublishedEvent } from './command.ts';
import { Reader } from './reader.ts';
import { openForWriting } from './sqlite.ts';
import { timeOrderedIds } from './time-ordered-ids.ts';
import { type CommandRequest, StoreUnusableError, Writer, type WriterOptions } from './writer.ts';

const newId = timeOrderedIds(Date.now);

let folder: string;
let databasePath: string;
let writer: Writer | undefined;
let logged: string[];
let published: PublishedEvent[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-writer-'));
  databasePath = join(folder, 'masala.db');
  logged = [];
  published = [];
});

afterEach(async () => {
  await writer?.close();
  writer = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<WriterOptions> = {}): Promise<Writer> {
  writer = await Writer.start({
    databasePath,
    now: Date.now,
    commitSlowMs: 60_000,
    log: (event) => logged.push(event),
    onEvents: (events) => published.push(...events),
    onFault: (fault) => {
      throw new Error(fault.reason);
    },
    ...options,
  });
  return writer;
}

function partner(code: string, more: Partial<CommandRequest> = {}): CommandRequest {
  const commandId = newId();
  return {
    commandId,
    deviceId: 'device-1',
    bound: true,
    method: 'partners.create',
    params: { commandId, code, name: code, kind: 'both' },
    deadlineAt: Number.MAX_SAFE_INTEGER,
    refusal: null,
    ...more,
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MasalaError)) throw new Error(`expected a MasalaError, got ${String(error)}`);
  return error.code;
}

test('commands are answered once they are on the disk, each for itself, and what changed is told after', async () => {
  const opened = await start();
  const item = { method: 'items.create' as const, params: { sku: 'A', name: 'A', unit: 'nothing' } };
  const answers = await Promise.allSettled([
    opened.submit(partner('box')),
    opened.submit(partner('box')),
    opened.submit(partner('item', item)),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  const reader = new Reader(databasePath);
  expect(reader.database.prepare("SELECT count(*) FROM partners WHERE code = 'box'").pluck().get()).toBe(1);
  expect(reader.database.prepare('SELECT count(*) FROM commands').pluck().get()).toBe(3);
  reader.close();
  expect(opened.lastSequence).toBe(3);
  expect(opened.queueDepth).toBe(0);
  expect(opened.oldestCommandMs).toBe(0);
});

test('thousands at once are booked in groups, and a replay of all of them books nothing', async () => {
  const opened = await start();
  const requests = Array.from({ length: 3 * limits.groupCommandsMax + 7 }, (_, index) =>
    partner(`u${index}`),
  );
  const answers = await Promise.all(requests.map((request) => opened.submit(request)));
  expect(await Promise.all(requests.map((request) => opened.submit(request)))).toEqual(answers);
  expect((await opened.ping()).lastSequence).toBe(requests.length);
});

test('a full queue is told as busy, and is empty again later', async () => {
  const opened = await start();
  const waiting = Array.from({ length: limits.writerQueueCommandsMax }, (_, index) =>
    opened.submit(partner(`u${index % 5}`)).catch((error: unknown) => error),
  );
  expect(await codeOf(opened.submit(partner('one too many')))).toBe('SERVER_BUSY');
  await Promise.all(waiting);
  await opened.drained();
  expect(opened.queueDepth).toBe(0);
});

test('a deadline ends a command only before the thread took it', async () => {
  let now = 1_000;
  const opened = await start({ now: () => now });
  // The thread takes two groups; these fill them, and the one with the deadline waits behind.
  const taken = Array.from({ length: 2 * limits.groupCommandsMax }, (_, index) =>
    opened.submit(partner(`u${index}`, { deadlineAt: 1_500 })),
  );
  const behind = Array.from({ length: 20 * limits.groupCommandsMax }, (_, index) =>
    opened.submit(partner(`v${index}`, { deadlineAt: 1_500 })).catch((error: MasalaError) => error.code),
  );
  // A group leaves in each turn of the event loop: two turns for the two, and one for the order within a turn.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  now = 2_000;
  await Promise.all(taken);
  const fates = new Set(await Promise.all(behind.map(async (fate) => typeof (await fate))));
  // However fast the machine is: each was either booked or told, and none is left over.
  expect([...fates].every((fate) => fate === 'object' || fate === 'string')).toBe(true);
  expect(opened.queueDepth).toBe(0);
});

test('old bodies are dropped in chunks until none is due', async () => {
  const at = Date.now();
  let now = at - limits.commandBodyRetentionMs - 60_000;
  const opened = await start({ now: () => now });
  await Promise.all(Array.from({ length: 10 }, (_, index) => opened.submit(partner(`u${index}`))));
  now = at + limits.commandBodyRetentionMs + 60_000;
  expect(await opened.expireBodies(0)).toBe(10);
  expect(await opened.expireBodies(0)).toBe(0);
});

test('the newest keep their bodies, however far ahead the clock was set', async () => {
  let now = Date.now();
  const opened = await start({ now: () => now });
  await Promise.all(Array.from({ length: 10 }, (_, index) => opened.submit(partner(`u${index}`))));
  now += 10 * limits.commandBodyRetentionMs;
  expect(await opened.expireBodies()).toBe(0);
  expect(await opened.expireBodies(4)).toBe(6);
});

test('bodies that cannot be dropped are told, and saves go on', async () => {
  let now = Date.now() - limits.commandBodyRetentionMs - 60_000;
  const opened = await start({ now: () => now });
  await opened.submit(partner('old'));
  now = Date.now() + limits.commandBodyRetentionMs + 60_000;
  const saboteur = openForWriting(databasePath);
  saboteur.exec("CREATE TRIGGER no_expiry BEFORE UPDATE ON commands BEGIN SELECT RAISE(ABORT, 'full'); END");
  saboteur.close();
  await expect(opened.expireBodies(0)).rejects.toThrow('full');
  await expect(opened.submit(partner('new'))).resolves.toBeDefined();
});

test('a long log is copied by a checkpoint and begins anew', async () => {
  const opened = await start();
  const observer = openForWriting(databasePath);
  const logPages = () => (observer.pragma('wal_checkpoint(NOOP)') as [{ log: number }])[0].log;
  const name = 'x'.repeat(limits.nameMaxLength);
  let longest = 0;
  let begunAnew = false;
  // Groups of 8: many pages of log for each command, and still fast. The bound is ten times what is needed.
  for (let group = 0; group < 10_000 && !begunAnew; group++) {
    const codes = Array.from({ length: 8 }, (_, index) => `${group}-${index}`);
    await Promise.all(
      codes.map((code) => opened.submit(partner(code, { params: { code, name, kind: 'both' } }))),
    );
    const pages = logPages();
    begunAnew = pages < longest;
    longest = Math.max(longest, pages);
  }
  observer.close();
  expect(begunAnew).toBe(true);
  expect(longest * 4_096).toBeGreaterThanOrEqual(limits.checkpointWalBytes);
  expect(logged).not.toContain('store.checkpoint.failed');
});

test('a log that a long read held up gives its space back', async () => {
  const opened = await start();
  const logBytes = () => statSync(`${databasePath}-wal`).size;
  const save = async (code: string) => {
    const name = 'x'.repeat(limits.nameMaxLength);
    await opened.submit(partner(code, { params: { code, name, kind: 'both' } }));
  };
  const reader = new Reader(databasePath);
  reader.database.exec('BEGIN');
  reader.database.prepare('SELECT count(*) FROM commands').get();
  for (let index = 0; logBytes() < 3 * limits.checkpointWalBytes; index++) await save(`held-${index}`);
  reader.database.exec('COMMIT');
  reader.close();
  for (let index = 0; logBytes() > 2 * limits.checkpointWalBytes; index++) await save(`free-${index}`);
  expect(logged).not.toContain('store.checkpoint.failed');
});

test.each([
  ['a database from the future', 'PRAGMA user_version = 99', true],
  ['a file that is no database', undefined, false],
])('%s is told before anything is served', async (_, sql, foreign) => {
  const database = openForWriting(databasePath);
  database.exec(sql ?? 'CREATE TABLE t (x)');
  database.close();
  if (sql === undefined) {
    writeFileSync(databasePath, 'this is not a database, whatever its name says. '.repeat(100));
  }
  const error = await start().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreUnusableError);
  expect((error as StoreUnusableError).foreign).toBe(foreign);
});
