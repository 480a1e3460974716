// The fuses as they stand in a program afterwards: a file with a fuse wire like Electron's, all of them the other way round.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { shippedFuses } from './electron-fuses.ts';

/** By which the wire is found; then a byte for the version, one for the number of fuses, and one for each fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuses = Object.values(FuseV1Options).filter((value) => typeof value === 'number');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-fuses-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program with a wire of so many fuses, each in the state that is not wanted. */
function writeProgram(count: number): string {
  const wire = Array.from({ length: count }, (_, fuse) =>
    shippedFuses[fuse as FuseV1Options] ? FuseState.DISABLE : FuseState.ENABLE,
  );
  const path = join(folder, 'electron');
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(`program ${SENTINEL}`, 'latin1'),
      Buffer.from([Number(FuseVersion.V1), count, ...wire]),
      Buffer.from(' program'),
    ]),
  );
  return path;
}

const turn = (path: string) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'electron-fuses.ts'), path], { encoding: 'utf8' });

test('every fuse is set as it is wanted', async () => {
  const path = writeProgram(fuses.length);
  expect(turn(path)).toMatchObject({ status: 0 });
  const wire = await getCurrentFuseWire(path);
  for (const fuse of fuses) {
    expect([fuse, wire[fuse]]).toEqual([fuse, shippedFuses[fuse] ? FuseState.ENABLE : FuseState.DISABLE]);
  }
});

test('a program with a fuse more than are decided here is not shipped', () => {
  expect(turn(writeProgram(fuses.length + 1)).status).not.toBe(0);
});

test('nothing that lets somebody else into the program is left on', () => {
  for (const fuse of [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ] as const) {
    expect(shippedFuses[fuse]).toBe(false);
  }
});
