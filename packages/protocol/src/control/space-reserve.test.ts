// On a file system that is full to the last byte a start still finds room for what it has to write.

import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnSmallFileSystem, SmallFileSystem } from '../../../../build/testing/small-file-system.ts';
import { type RunFile, readRunFile, runFolder, writeRunFile } from './run-files.ts';
import { keepSpaceReserve, releaseSpaceReserve } from './space-reserve.ts';

const MEBIBYTE = 1024 * 1024;
const reason = (message: string): RunFile<'exit-reason.json'> => {
  return { pid: 1, at: 2, code: 30, reason: 'FAULT', message };
};

describeOnSmallFileSystem(import.meta.filename, 'the space that is kept', () => {
  let folder: string;
  let disk: SmallFileSystem;
  let run: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masala-reserve-'));
    disk = new SmallFileSystem(join(folder, 'disk'), 8);
    run = runFolder(disk.path);
    mkdirSync(run);
  });

  afterEach(() => {
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const kept = () => statSync(join(run, 'reserve')).size;

  test('run files are written on a full disk, with the reserve; without one the disk is told to be full', () => {
    expect(keepSpaceReserve(run)).toBe(true);
    expect(kept()).toBe(2 * MEBIBYTE);
    disk.fill();
    for (let write = 0; write < 20; write++) {
      writeRunFile(disk.path, 'exit-reason.json', reason(`the ${write}th`));
      expect(readRunFile(disk.path, 'exit-reason.json')?.message).toBe(`the ${write}th`);
      // Whatever was given back is taken by others at once.
      disk.fill();
    }
    expect(kept()).toBeLessThan(2 * MEBIBYTE);
    releaseSpaceReserve(run, 2 * MEBIBYTE);
    disk.fill();
    expect(() => writeRunFile(disk.path, 'exit-reason.json', reason('too much'))).toThrow('ENOSPC');
    // The old content is whole.
    expect(readRunFile(disk.path, 'exit-reason.json')?.message).toBe('the 19th');
  });

  test('a part of it is given back at a time, and completed when there is space', () => {
    keepSpaceReserve(run);
    expect(releaseSpaceReserve(run, MEBIBYTE)).toBe(true);
    expect(kept()).toBe(MEBIBYTE);
    disk.fill(MEBIBYTE / 2);
    expect(keepSpaceReserve(run)).toBe(false);
    expect(kept()).toBeGreaterThan(MEBIBYTE);
    expect(disk.freeBytes).toBe(0);
    disk.empty();
    expect(keepSpaceReserve(run)).toBe(true);
    expect(kept()).toBe(2 * MEBIBYTE);
    expect(releaseSpaceReserve(run, 9 * MEBIBYTE)).toBe(true);
    expect(releaseSpaceReserve(run, 1)).toBe(false);
  });
});
