import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processLives, readRunFile, writeRunFile } from '@masala/protocol/control';
import { announce, withdraw } from './announcement.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-announcement-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const told = () => readRunFile(folder, 'dashboard.json');

test('says who listens where, until it is withdrawn', () => {
  announce(folder, 'here', () => undefined);
  expect(told()).toMatchObject({ pid: process.pid, control: 'here' });
  expect(processLives(process.pid, told()?.processStart ?? null)).toBe(true);
  withdraw(folder, () => undefined);
  expect(told()).toBeNull();
  withdraw(folder, () => undefined);
});

test("the next host's is left to it", () => {
  const next = { pid: process.pid + 1, startedAt: 1, processStart: 'then', control: 'there' };
  writeRunFile(folder, 'dashboard.json', next);
  withdraw(folder, () => undefined);
  expect(told()).toEqual(next);
});

test('where it cannot be written it is told, and the host goes on', () => {
  const logged: string[] = [];
  announce(join(folder, 'no\0folder'), 'here', (event) => void logged.push(event));
  expect(logged).toEqual(['dashboard.fault']);
});
