// The log: rows of the table as JSON, no secrets, and last words that reach the disk.

import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from './log.ts';

let dataDir: string;
let nowMs = 0;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-log-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function lines(): Record<string, unknown>[] {
  const text = readFileSync(join(dataDir, 'logs', 'core.log'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line has its level, its constant sentence and what varies', async () => {
  const log = openLog(dataDir, 'info', () => nowMs);
  log.line('rpc.listening', { host: '127.0.0.1', port: 8_090 });
  log.line('task.failed', { task: 'x', error: new Error('planted') });
  log.line('discovery.send.failed', { address: 'x' });
  await log.close();
  expect(lines()).toEqual([
    expect.objectContaining({ level: 'info', event: 'rpc.listening', port: 8_090, pid: process.pid }),
    expect.objectContaining({ level: 'warn', error: expect.objectContaining({ message: 'planted' }) }),
  ]);
  expect(lines()[0]?.msg).toBe('The server listens for clients.');
  expect(statSync(join(dataDir, 'logs', 'core.log')).mode & 0o077).toBe(0);
});

test('secrets are blotted out even where somebody logs them', async () => {
  const log = openLog(dataDir, 'info', () => nowMs);
  log.line('rpc.request.failed', { token: 'T0P', secret: 'S3CRET', params: { token: 'T0P' } });
  await log.close();
  const text = readFileSync(join(dataDir, 'logs', 'core.log'), 'utf8');
  expect(text).not.toMatch(/T0P|S3CRET/);
});

test('last words are on the disk when the call returns', () => {
  const log = openLog(dataDir, 'info', () => nowMs);
  for (let index = 0; index < 100; index++) log.line('rpc.listening', { port: index });
  log.lastWords();
  log.line('core.fault', { reason: 'planted' });
  const found = lines();
  expect(found.at(-1)).toMatchObject({ level: 'fatal', event: 'core.fault' });
  expect(new Set(found.map((line) => line.port)).size).toBe(101);
});

test('lines that cannot be written are counted; when the disk takes lines again, so does the log, and tells it', async () => {
  const inTheWay = join(dataDir, 'logs', 'core.log');
  mkdirSync(inTheWay, { recursive: true });
  const log = openLog(dataDir, 'info', () => nowMs);
  log.line('rpc.listening', { port: 1 });
  while (log.lostLines === 0) await new Promise(setImmediate);
  rmdirSync(inTheWay);
  log.line('rpc.listening', { port: 2 });
  expect(log.lostLines).toBe(2);
  nowMs += 5_000;
  log.line('rpc.listening', { port: 3 });
  while (statSync(inTheWay, { throwIfNoEntry: false }) === undefined || lines().length < 2) {
    await new Promise(setImmediate);
  }
  await log.close();
  expect(lines()).toMatchObject([{ port: 3 }, { event: 'log.lines.lost', lines: 2 }]);
});
