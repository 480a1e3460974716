// What a start takes of the reserve: as much as is missing, and nothing where there is enough.

import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSpaceReserve, runFolder, SPACE_FOR_START_BYTES } from '@masala/protocol/control';
import { makeRoomForStart } from './room-for-start.ts';

test.each([
  ['enough', () => Promise.resolve(SPACE_FOR_START_BYTES), 0],
  ['nothing', () => Promise.resolve(0), SPACE_FOR_START_BYTES],
  ['a part', () => Promise.resolve(1_000), SPACE_FOR_START_BYTES - 1_000],
  ['a drive that does not tell', () => Promise.reject(new Error('EIO')), 0],
])('%s', async (_, freeBytes, taken) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'masala-room-'));
  const run = runFolder(dataDir);
  mkdirSync(run);
  keepSpaceReserve(run);
  const before = statSync(join(run, 'reserve')).size;
  await makeRoomForStart(dataDir, freeBytes);
  expect(before - statSync(join(run, 'reserve')).size).toBe(taken);
  rmSync(dataDir, { recursive: true });
});
