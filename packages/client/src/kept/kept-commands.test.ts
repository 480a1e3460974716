// The kept commands on a real disk: torn lines, full files, several processes, and what is never written.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { limits } from '@masala/protocol';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { type AcknowledgedCommand, KeptCommands } from './kept-commands.ts';

const WRITER = join(import.meta.dirname, '..', 'testing', 'keeping-process.ts');

let root: string;
let directory: string;
let clock: VirtualClock;
const troubles: unknown[] = [];
const open: KeptCommands[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masala-kept-'));
  directory = join(root, 'kept');
  clock = new VirtualClock();
  troubles.length = 0;
});

afterEach(() => {
  for (const kept of open.splice(0)) kept.close();
  rmSync(root, { recursive: true });
});

function keep(): KeptCommands {
  const kept = new KeptCommands({ directory, clock, onTrouble: (error) => void troubles.push(error) });
  open.push(kept);
  return kept;
}

const id = (number: number) => `0190a5b4-0000-7000-8000-${String(number).padStart(12, '0')}`;

const command = (number: number, more: Partial<AcknowledgedCommand> = {}): AcknowledgedCommand => ({
  commandId: id(number),
  method: 'units.create',
  params: { code: `u${number}`, name: 'Kiste\n"漢字"' },
  result: { code: `u${number}` },
  acknowledgedAt: 1_767_225_600_000 + number,
  epoch: id(0),
  ...more,
});

const add = (kept: KeptCommands, ...commands: AcknowledgedCommand[]) =>
  Promise.all(commands.map((each) => new Promise<void>((written) => kept.add(each, written))));

const numbersOf = (kept: KeptCommands) => kept.read().map(({ commandId }) => Number(commandId.slice(-12)));
const newestFile = () => join(directory, readdirSync(directory).sort().at(-1) ?? '');

test('what was added is read back whole, by this process and the next, for this user alone', async () => {
  const kept = keep();
  expect(kept.read()).toEqual([]);
  await add(kept, command(1), command(2));
  kept.close();
  expect(keep().read()).toEqual([command(1), command(2)].map((each) => ({ ...each, earlierResults: [] })));
  if (process.platform === 'win32') return;
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(newestFile()).mode & 0o777).toBe(0o600);
});

test('it is in the file before its caller is told', async () => {
  const kept = keep();
  let seen: number[] = [];
  await new Promise<void>((resolve) => {
    kept.add(command(7), () => {
      seen = numbersOf(keep());
      resolve();
    });
  });
  expect(seen).toEqual([7]);
});

test('a torn end harms neither what was before nor what comes after, wherever it was torn', async () => {
  await add(keep(), command(1), command(2));
  const whole = readFileSync(newestFile());
  const firstBytes = whole.indexOf(10, 1);
  for (let size = 0; size < whole.length; size += 7) {
    writeFileSync(newestFile(), whole);
    truncateSync(newestFile(), size);
    const kept = keep();
    await add(kept, command(3));
    expect(numbersOf(kept)).toEqual(size >= firstBytes ? [1, 3] : [3]);
  }
});

test('a flipped byte takes one line at most', async () => {
  await add(keep(), command(1), command(2), command(3));
  const whole = readFileSync(newestFile());
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 0x20;
    writeFileSync(newestFile(), flipped);
    // A lost line feed glues two lines together.
    expect(numbersOf(keep()).length).toBeGreaterThanOrEqual(whole[at] === 10 ? 1 : 2);
  }
});

test('sent again: its place and time stay, the newest params and answer count, the older answers are known', async () => {
  const kept = keep();
  const again = { params: { code: 'new' }, result: { code: 'new' }, epoch: id(99), acknowledgedAt: 5 };
  await add(kept, command(1), command(2), command(1, again));
  expect(kept.read()).toMatchObject([
    {
      commandId: id(1),
      params: { code: 'new' },
      earlierResults: [{ code: 'u1' }],
      acknowledgedAt: 1_767_225_600_001,
    },
    { commandId: id(2), earlierResults: [] },
  ]);
});

test('what was let go is gone, until it is acknowledged anew', async () => {
  const kept = keep();
  await add(kept, command(1), command(2), command(3));
  kept.letGo([id(1), id(3)]);
  expect(numbersOf(keep())).toEqual([2]);
  await add(kept, command(3));
  expect(numbersOf(keep())).toEqual([2, 3]);
});

test('the last 10,000 are there, and never more than two files of them', async () => {
  const kept = keep();
  const most = limits.clientKeptCommandsMax;
  const total = Math.floor(most * 2.5);
  for (let from = 0; from < total; from += 100) {
    await add(kept, ...Array.from({ length: 100 }, (_, index) => command(from + index)));
  }
  const numbers = numbersOf(kept);
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([most, total - most, total - 1]);
  expect(readdirSync(directory)).toEqual(['000002.log', '000003.log']);
});

test('a file of large commands ends by its bytes', async () => {
  const kept = keep();
  await add(kept, command(1));
  truncateSync(newestFile(), limits.clientKeptFileMaxBytes);
  kept.close();
  await add(keep(), command(2));
  expect(readdirSync(directory)).toEqual(['000001.log', '000002.log']);
});

test('another process that begins the next file is followed, also when it has removed ours', async () => {
  const one = keep();
  await add(one, command(1));
  writeFileSync(join(directory, '000002.log'), '');
  await add(one, command(2));
  expect(readFileSync(join(directory, '000002.log'), 'utf8')).toContain(id(2));
  rmSync(join(directory, '000001.log'));
  rmSync(join(directory, '000002.log'));
  writeFileSync(join(directory, '000004.log'), '');
  await add(one, command(3));
  expect(numbersOf(one)).toEqual([3]);
});

test('what a newer version kept and this one cannot send is left out', async () => {
  const kept = keep();
  await add(kept, command(1));
  const json = JSON.stringify({ ...command(2), method: 'moon.landed' });
  appendFileSync(newestFile(), `\n${crc32(json).toString(16).padStart(8, '0')} ${json}`);
  expect(numbersOf(kept)).toEqual([1]);
});

test('a folder that cannot be written is told, and the caller goes on', async () => {
  writeFileSync(directory, 'a file, and no folder');
  await add(keep(), command(1));
  expect(troubles).toHaveLength(1);
});

test('everything is synced within a second, and nothing waits after the end', async () => {
  const kept = keep();
  await add(kept, command(1));
  expect(clock.waiting).toBe(1);
  clock.advance(1_000);
  expect(clock.waiting).toBe(0);
  await add(kept, command(2));
  kept.close();
  expect(clock.waiting).toBe(0);
  expect(troubles).toEqual([]);
});

test('four processes that write and are killed lose nothing that they had told', async () => {
  const writers = [0, 1, 2, 3].map((number) => spawn(process.execPath, [WRITER, directory, String(number)]));
  const told = await Promise.all(writers.map((writer) => toldBeforeKill(writer, 2_000)));
  const numbers = new Set(
    keep()
      .read()
      .map(({ commandId }) => commandId),
  );
  for (const ids of told) expect(ids.filter((each) => !numbers.has(each))).toEqual([]);
  expect(told.flat().length).toBeGreaterThanOrEqual(8_000);
});

/** The ids that a writer told, one a line, until it had told so many and was killed. */
async function toldBeforeKill(writer: ChildProcess, count: number): Promise<string[]> {
  let text = '';
  for await (const chunk of writer.stdout ?? []) {
    text += chunk;
    if (text.length >= count * 37) writer.kill('SIGKILL');
  }
  return text.split('\n').filter((line) => line.length === 36);
}
