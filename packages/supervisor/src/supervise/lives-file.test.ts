// The history of the core's lives on a disk that is full: it takes nothing of what a start needs.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSpaceReserve, type Life, runFolder } from '@masala/protocol/control';
import { describeOnSmallFileSystem, SmallFileSystem } from '../../../../build/testing/small-file-system.ts';
import { DiskLane } from '../disk-lane.ts';
import { LivesFile, readLives } from './lives-file.ts';

const life: Life = {
  ...{ pid: 7, startedAt: 1, servedAt: 2, endedAt: 3 },
  ...{ cause: 'exited', exitCode: 1, signal: null, reason: null },
};

describeOnSmallFileSystem(import.meta.filename, 'lives.json on a full disk', () => {
  let folder: string;
  let disk: SmallFileSystem;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masala-lives-'));
    disk = new SmallFileSystem(join(folder, 'disk'), 8);
    mkdirSync(runFolder(disk.path));
  });

  afterEach(() => {
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the old one stays, the reserve is not touched, and the log says so', async () => {
    const logged: string[] = [];
    const log = (event: string) => void logged.push(event);
    const file = new LivesFile(disk.path, new DiskLane(log), log);
    await file.write([life]);
    expect(readLives(disk.path, log)).toEqual([life]);
    keepSpaceReserve(runFolder(disk.path));
    const reserve = () => statSync(join(runFolder(disk.path), 'reserve')).size;
    const before = reserve();
    disk.fill();
    await file.write([{ ...life, pid: 8, reason: 'x'.repeat(400) }, life]);
    expect(reserve()).toBe(before);
    expect(logged).toEqual(['supervisor.lives.unwritten']);
    expect(readLives(disk.path, log)).toEqual([life]);
    expect(readdirSync(disk.path).sort()).toEqual(['filler', 'lives.json', 'run']);
  });
});
