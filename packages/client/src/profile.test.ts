// The profile on a real disk: who may read it, and what is said when it is damaged.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import {
  defaultProfileDirectory,
  type Profile,
  readProfile,
  readProfileIfAny,
  writeProfile,
} from './profile.ts';

const profile: Profile = {
  serverId: 'ab'.repeat(32),
  name: 'Factory',
  address: '192.168.1.5',
  port: 8090,
  discoveryPort: 8090,
  deviceId: '0190a5b4-0000-7000-8000-000000000001',
  deviceName: 'desk',
  role: 'office',
  token: 't'.repeat(43),
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masala-profile-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

test('comes back as it was written, readable by its user alone', () => {
  const directory = join(root, 'a', 'b');
  writeProfile(directory, { ...profile, name: 'old' });
  writeProfile(directory, profile);
  expect(readProfile(directory)).toEqual(profile);
  expect(readdirSync(directory)).toEqual(['profile.json']);
  if (process.platform === 'win32') return;
  expect(statSync(join(directory, 'profile.json')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('a folder that was there before keeps its mode', () => {
  chmodSync(root, 0o755);
  writeProfile(root, profile);
  expect(statSync(root).mode & 0o777).toBe(0o755);
});

function codeOf(text: string): string {
  writeFileSync(join(root, 'profile.json'), text);
  expect(readProfileIfAny(root)).toBeUndefined();
  try {
    readProfile(root);
    return 'read';
  } catch (error) {
    expect(error).toMatchObject({ data: { path: join(root, 'profile.json') } });
    return (error as MasalaError).code;
  }
}

test.each([
  ['half of it', '{"version":1,"serverId":"ab', 'PROFILE_DAMAGED'],
  ['nothing', '', 'PROFILE_DAMAGED'],
  ['zeros', '\0'.repeat(300), 'PROFILE_DAMAGED'],
  ['a list', '[]', 'PROFILE_DAMAGED'],
  ['null', 'null', 'PROFILE_DAMAGED'],
  ['no version', JSON.stringify(profile), 'PROFILE_DAMAGED'],
  ['another id', JSON.stringify({ version: 1, ...profile, serverId: 'x' }), 'PROFILE_DAMAGED'],
  ['a port of 70000', JSON.stringify({ version: 1, ...profile, port: 70_000 }), 'PROFILE_DAMAGED'],
  ['an unknown role', JSON.stringify({ version: 1, ...profile, role: 'king' }), 'PROFILE_DAMAGED'],
  ['a short token', JSON.stringify({ version: 1, ...profile, token: 'abc' }), 'PROFILE_DAMAGED'],
  ['a newer version', JSON.stringify({ version: 2, everything: 'is different' }), 'PROFILE_FROM_FUTURE'],
])('%s is told as a code', (_, text, expected) => {
  expect(codeOf(text)).toBe(expected);
});

test('none is told as such', () => {
  expect(() => readProfile(join(root, 'none'))).toThrow(new MasalaError('PROFILE_MISSING'));
});

test('its token is in its file and nowhere else', () => {
  writeProfile(root, profile);
  expect(readFileSync(join(root, 'profile.json'), 'utf8')).toContain(profile.token);
  expect(readdirSync(root)).toHaveLength(1);
});

test('has its place by platform', () => {
  expect(defaultProfileDirectory('linux', { XDG_DATA_HOME: '/data' })).toBe(join('/data', 'masala-client'));
  expect(defaultProfileDirectory('linux', {})).toMatch(/\.local.share.masala-client$/);
  expect(defaultProfileDirectory('win32', { LOCALAPPDATA: 'L' })).toBe(join('L', 'Masala', 'client'));
});
