// That work which nobody waits for rests between its pieces, and removes what is large in pieces.

import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeUnhurried, unhurried } from './unhurried.ts';

const MEBIBYTE = 1024 * 1024;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-unhurried-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a large file is shortened piece by piece before it is removed', async () => {
  const path = join(folder, 'large');
  writeFileSync(path, '');
  truncateSync(path, 50 * MEBIBYTE);
  const removed = removeUnhurried(path);
  // Up to its first pause.
  expect(statSync(path).size).toBe(34 * MEBIBYTE);
  await removed;
  expect(existsSync(path)).toBe(false);
});

test('what is not there needs no removal; what cannot be opened is told', async () => {
  await removeUnhurried(join(folder, 'nothing'));
  await expect(removeUnhurried(folder)).rejects.toMatchObject({ code: 'EISDIR' });
});

test('work rests twice as long as it took, at most a second; messages and the stop go through', async () => {
  const sent: unknown[] = [];
  const rests: number[] = [];
  let nowMs = 0;
  const channel = unhurried(
    {
      send: async (message) => void sent.push(message),
      throwIfStopped: () => {
        throw new Error('stopped');
      },
    },
    {
      now: () => nowMs,
      delay: async (ms) => {
        rests.push(ms);
        nowMs += ms;
      },
    },
  );
  for (const workedMs of [20, 5, 60_000]) {
    nowMs += workedMs;
    await channel.send(workedMs);
  }
  expect(sent).toEqual([20, 5, 60_000]);
  expect(rests).toEqual([40, 10, 1_000]);
  expect(() => channel.throwIfStopped()).toThrow('stopped');
});
