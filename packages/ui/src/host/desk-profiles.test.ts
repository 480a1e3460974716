import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '@masala/client';
import { DeskProfiles } from './desk-profiles.ts';

const profile: Profile = {
  serverId: 'ab'.repeat(32),
  name: 'Mill',
  address: '127.0.0.1',
  port: 8090,
  discoveryPort: 0,
  deviceId: '0190a5b4-0000-7000-8000-000000000001',
  deviceName: 'Dashboard on here',
  role: 'admin',
  token: 't'.repeat(43),
};

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-profiles-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("is kept beside the server's key, for this user alone, and found by the next host", () => {
  mkdirSync(join(dataDir, 'identity'));
  new DeskProfiles(dataDir).keep(profile);
  const next = new DeskProfiles(dataDir);
  expect(next.read()).toEqual(profile);
  next.keep({ ...profile, port: 1 });
  expect(next.read()?.port).toBe(1);
  if (process.platform === 'win32') return;
  expect(statSync(join(dataDir, 'identity/dashboard')).mode & 0o777).toBe(0o700);
});

test("never makes the folder of the server's identity anew, and serves on without it", () => {
  const profiles = new DeskProfiles(dataDir);
  expect(profiles.read()).toBeUndefined();
  profiles.keep(profile);
  expect(readdirSync(dataDir)).toEqual([]);
  expect(profiles.read()).toEqual(profile);
  mkdirSync(join(dataDir, 'identity'));
  profiles.keep({ ...profile, port: 2 });
  expect(existsSync(join(dataDir, 'identity/dashboard/profile.json'))).toBe(true);
  expect(profiles.read()?.port).toBe(2);
});
