// The pure rules of the first look: when a quick check is due, which folders lie on other machines, which boot it is.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '@masala/protocol';
import { clearSuspect, markSuspect, readCheckRecord, recordFullCheck } from '../integrity/check-record.ts';
import { bootId, bootIdOf, isSameBoot } from './boot-id.ts';
import { isUncPath, mountTypeOf, networkedFolder, networkFileSystem } from './networked-folder.ts';
import { type CheckGrounds, quickCheckDue } from './quick-check-due.ts';

const RECORD = { bootId: 'boot-1', suspect: null, lastFullCheckAt: null, lastFullCheckResult: null };
const QUIET: CheckGrounds = {
  record: RECORD,
  bootId: 'boot-1',
  lastDeath: null,
  hasCommands: true,
  isMarked: true,
};

describe('a quick check', () => {
  test.each([
    ['a start in the same boot', {}],
    ['a kill', { lastDeath: { exitCode: null, signal: 'SIGKILL' } }],
    ['an ordered stop', { lastDeath: { exitCode: 0, signal: null } }],
    ['a new database', { record: null, bootId: null, hasCommands: false, isMarked: false }],
  ])('is not due after %s', (_, grounds) => {
    expect(quickCheckDue({ ...QUIET, ...grounds })).toBeNull();
  });

  test.each([
    ['a boot', { bootId: 'boot-2' }, 'the PC was started anew'],
    ['SIGBUS', { lastDeath: { exitCode: null, signal: 'SIGBUS' } }, /SIGBUS/],
    [
      'a commit with an error',
      { lastDeath: { exitCode: exitCodes.COMMIT_UNKNOWN.code, signal: null } },
      /storage/,
    ],
    ['a suspicion', { record: { ...RECORD, suspect: 'a migration was broken off' } }, /migration/],
    ['a suspicion in a new database', { record: { ...RECORD, suspect: 'why' }, hasCommands: false }, 'why'],
    ['the record is lost', { record: null }, /no record/],
    ['the mark is lost', { isMarked: false }, /mark/],
    ['a boot that cannot be told', { bootId: null }, /not known/],
  ])('is due after %s', (_, grounds, why) => {
    expect(quickCheckDue({ ...QUIET, ...grounds })).toMatch(why);
  });
});

test('boots told by the clock are the same within what a clock is corrected by', () => {
  const boot = bootIdOf(1_000_000, 400_000);
  expect(isSameBoot(boot, bootIdOf(2_000_000, 1_399_000))).toBe(true);
  expect(isSameBoot(boot, bootIdOf(2_000_000, 900_000))).toBe(false);
  expect(isSameBoot(boot, 'f2b8')).toBe(false);
  expect(bootId()).toBe(bootId());
});

describe('a folder on another machine', () => {
  test.each([
    [0x6969, undefined, 'nfs'],
    [0xff534d42, undefined, 'cifs'],
    [0xff534d42 | 0, undefined, 'cifs'],
    [0x01021997, undefined, '9p'],
    [0x65735546, 'fuse.sshfs', 'fuse.sshfs'],
    [0x65735546, 'fuse.ntfs-3g', undefined],
    [0x65735546, undefined, undefined],
    [0xef53, 'ext4', undefined],
    [0x01021994, 'tmpfs', undefined],
  ])('statfs %i, mounted as %s: %s', (magic, mountType, name) => {
    expect(networkFileSystem(magic, mountType)).toBe(name);
  });

  test.each([
    [String.raw`\\server\share\masala`, true],
    ['//server/share', true],
    [String.raw`\\?\UNC\server\share`, true],
    [String.raw`\\?\C:\masala`, false],
    [String.raw`C:\ProgramData\Masala`, false],
    ['/home/masala', false],
  ])('%s: %s', (path, isUnc) => expect(isUncPath(path)).toBe(isUnc));

  test('a path lies on the longest mount above it, the later of two', () => {
    const mounts = [
      '/dev/sda / ext4 rw 0 0',
      'host:/srv /mnt nfs rw 0 0',
      'me@host: /mnt/a\\040b fuse.sshfs rw 0 0',
      'x /mnt tmpfs rw 0 0',
      '',
    ].join('\n');
    expect(mountTypeOf('/mnt/a b/data', mounts)).toBe('fuse.sshfs');
    expect(mountTypeOf('/mnt/other', mounts)).toBe('tmpfs');
    expect(mountTypeOf('/mnta', mounts)).toBe('ext4');
    expect(mountTypeOf('/mnta', '')).toBeUndefined();
  });

  test('the folders of this test are none, nor is one that does not exist', () => {
    expect(networkedFolder(tmpdir())).toBeUndefined();
    expect(networkedFolder('/does/not/exist')).toBeUndefined();
  });
});

describe('checks.json', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'masala-checks-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  test('keeps what is known, each part on its own', () => {
    expect(readCheckRecord(dataDir)).toBeNull();
    expect(markSuspect(dataDir, 'an I/O error')).toBe(true);
    recordFullCheck(dataDir, 77, 'sound');
    expect(readCheckRecord(dataDir)).toEqual({
      ...{ bootId: null, suspect: 'an I/O error' },
      ...{ lastFullCheckAt: 77, lastFullCheckResult: 'sound' },
    });
    clearSuspect(dataDir, 'boot-7');
    expect(readCheckRecord(dataDir)).toMatchObject({ bootId: 'boot-7', suspect: null, lastFullCheckAt: 77 });
  });

  test.each([
    ['{'],
    ['[]'],
    ['null'],
    ['{"bootId":7}'],
    ['{"bootId":null,"suspect":null,"lastFullCheckAt":"x"}'],
  ])('content that was not written by us is no record: %s', (content) => {
    writeFileSync(join(dataDir, 'checks.json'), content);
    expect(readCheckRecord(dataDir)).toBeNull();
    expect(markSuspect(dataDir, 'why')).toBe(true);
    expect(JSON.parse(readFileSync(join(dataDir, 'checks.json'), 'utf8'))).toMatchObject({ suspect: 'why' });
  });

  test('what cannot be written on the way out is told, not thrown', () => {
    rmSync(dataDir, { recursive: true });
    expect(markSuspect(dataDir, 'why')).toBe(false);
  });
});
