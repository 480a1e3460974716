// The journal as the core sees it: it keeps up, says how far it is behind, and outlives a drive that goes, comes or hangs.

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { NoticeData } from '@masala/protocol';
import { TestHistory } from '../restore/testing/history.ts';
import { Journal } from './journal.ts';
import { journaledRows } from './journaled-rows.ts';

let base: string;
let second: string;
let folder: string;
let history: TestHistory;
let booked: number;
let journal: Journal;
let notice: NoticeData | null;
let logged: string[];
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'masala-journal-'));
  second = join(base, 'second');
  folder = join(second, 'masala-abababababab', 'journal');
  mkdirSync(join(base, 'data'));
  mkdirSync(second);
  history = new TestHistory(join(base, 'data'));
  booked = history.bookReceipts(3);
  notice = null;
  logged = [];
  stop = new AbortController();
  journal = new Journal({
    folder,
    databasePath: history.path,
    serverId: 'ab'.repeat(32),
    lastSequence: () => booked,
    log: (event) => logged.push(event),
    notice: (name, data) => {
      if (name === 'journal-behind') notice = data;
    },
  });
});

afterEach(async () => {
  stop.abort();
  await running;
  history.close();
  rmSync(base, { recursive: true, force: true });
});

function start(): void {
  running = journal.run(stop.signal);
}

function book(count: number): void {
  booked = history.bookReceipts(count);
  journal.wake();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(20);
}

const isCaughtUp = () => journal.status.state === 'current' && journal.status.lagCommands === 0;

function expectWhole(): void {
  const leg = { folder: join(folder, 'epoch-1'), epoch: 'epoch-1', from: 1, to: booked };
  expect([...journaledRows(leg)]).toEqual(history.rows());
}

test('it begins with all there is, and keeps up with what is booked', async () => {
  expect(journal.told).toMatchObject({ state: 'behind', lagCommands: null });
  start();
  await until(isCaughtUp);
  for (let round = 0; round < 20; round++) book(3);
  expect(journal.status.lagCommands).toBeGreaterThan(0);
  await until(isCaughtUp);
  expect(journal.status).toEqual({
    state: 'current',
    lastSequence: booked,
    lastAt: history.now,
    lagCommands: 0,
    lagMs: 0,
    reason: null,
  });
  expectWhole();
  expect(notice).toBeNull();
  expect(logged).toEqual(['journal.opened']);
});

test('while the drive is gone saves go on and a warning stays; back again, it is brought up to date', async () => {
  start();
  await until(isCaughtUp);
  renameSync(second, `${second}-gone`);
  book(2);
  await until(() => journal.status.state === 'unreachable');
  expect(journal.status).toMatchObject({ lagCommands: 2, lastSequence: booked - 2 });
  expect(journal.status.reason).toMatch(/ENOENT|is not there/);
  expect(notice).toMatchObject({ commands: 2 });
  book(2);
  renameSync(`${second}-gone`, second);
  await until(isCaughtUp);
  expectWhole();
  await until(() => notice === null);
  expect(logged.filter((event) => event !== 'journal.unreachable')).toEqual([
    'journal.opened',
    'journal.opened',
    'journal.reached',
  ]);
});

test('stopped and started again it goes on where it was', async () => {
  start();
  await until(isCaughtUp);
  stop.abort();
  await running;
  booked = history.bookReceipts(2);
  stop = new AbortController();
  start();
  await until(isCaughtUp);
  expectWhole();
});

test('a drive that hangs is told, and holds up neither the caller nor the stop', async () => {
  mkdirSync(folder, { recursive: true });
  const marker = join(folder, 'marker.json');
  // Opening a pipe that nobody writes to hangs, as a dead drive does.
  execFileSync('mkfifo', [marker]);
  start();
  await until(() => journal.status.state === 'unreachable');
  expect(journal.status.reason).toBe('the drive does not answer');
  stop.abort();
  await running;
  // Lets the thread go, so that it can end.
  closeSync(openSync(marker, constants.O_WRONLY));
});

test('a drive that hangs does not keep the process from ending', () => {
  running = Promise.resolve();
  mkdirSync(folder, { recursive: true });
  execFileSync('mkfifo', [join(folder, 'marker.json')]);
  const program = join(import.meta.dirname, 'testing', 'exit-with-journal.ts');
  const ended = spawnSync(process.execPath, [program, folder, history.path], {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGTERM',
  });
  expect(ended.stdout).toBe('stopped\n');
  expect(ended.signal).toBe('SIGKILL');
});
