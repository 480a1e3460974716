// The history of the core's lives on a disk that is full: it takes nothing of what a start needs.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSpaceReserve, type Life, runFolder } from '@masala/protocol/control';
import { describeOnSmallFileSystem, SmallFileSystem } from '../../../../build/testing/small-file-system.ts';
import { LivesFile } from './lives-file.ts';

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

  test('the old one stays, the reserve is not touched, and the log says so', () => {
    const logged: string[] = [];
    const file = new LivesFile(disk.path, (event) => void logged.push(event));
    file.write([life]);
    expect(file.read()).toEqual([life]);
    keepSpaceReserve(runFolder(disk.path));
    const reserve = () => statSync(join(runFolder(disk.path), 'reserve')).size;
    const before = reserve();
    disk.fill();
    file.write([{ ...life, pid: 8, reason: 'x'.repeat(400) }, life]);
    expect(reserve()).toBe(before);
    expect(logged).toEqual(['supervisor.lives.unwritten']);
    expect(file.read()).toEqual([life]);
    expect(readdirSync(disk.path).sort()).toEqual(['filler', 'lives.json', 'run']);
  });
});
