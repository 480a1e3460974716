// Join codes, tokens and revocation as a device meets them.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@masala/protocol';
import { v7 } from 'uuid';
import {
  type CoreUnderTest,
  newToken,
  secretOf,
  startCore,
  type TestDevice,
} from '../testing/core-under-test.ts';

let core: CoreUnderTest;
let bystander: TestDevice;
beforeAll(async () => {
  core = await startCore();
  bystander = await core.device();
});
afterAll(() => core.end());
afterEach(async () => {
  expect(await bystander.client.codeOf('session.whoami', {})).toBeNull();
});

async function newSecret(): Promise<string> {
  return secretOf((await core.control.call('pair', {})).code);
}

test('a wrong code is refused, a used one too, but the same token is answered again', async () => {
  const client = await core.greeted();
  const token = newToken();
  const secret = await newSecret();
  const pair = { secret, token, deviceName: 'desk' };
  expect(await client.codeOf('session.pair', { ...pair, secret: '0000000000' })).toBe('JOIN_CODE_INVALID');
  const first = await client.call('session.pair', pair);
  expect(first).toMatchObject({ role: 'office' });
  const other = await core.greeted();
  expect(await other.call('session.pair', pair)).toEqual(first);
  expect(await other.codeOf('session.pair', { ...pair, token: newToken() })).toBe('JOIN_CODE_INVALID');
  expect(await other.codeOf('session.authenticate', { token: newToken() })).toBe('DEVICE_UNKNOWN');
});

test('a device tells by which offer it came, of several at once, and no list tells a code', async () => {
  const [first, second] = [await core.control.call('pair', {}), await core.control.call('pair', {})];
  const client = await core.greeted();
  const pair = { secret: secretOf(second.code), token: newToken(), deviceName: 'shelf' };
  const { deviceId } = await client.call('session.pair', pair);
  const listed = await core.control.call('devices.list', {});
  expect(listed.devices.find((device) => device.deviceId === deviceId)?.offerId).toBe(second.offerId);
  expect(listed.openOffers).toContain(first.offerId);
  expect(listed.openOffers).not.toContain(second.offerId);
  for (const { code } of [first, second]) expect(JSON.stringify(listed)).not.toContain(secretOf(code));
});

test('a device that pairs again comes by its new offer', async () => {
  const device = await core.device();
  const offer = await core.control.call('pair', {});
  const client = await core.greeted();
  const pair = { secret: secretOf(offer.code), token: device.token, deviceName: 'again' };
  expect((await client.call('session.pair', pair)).deviceId).toBe(device.deviceId);
  const { devices } = await core.control.call('devices.list', {});
  expect(devices.find(({ deviceId }) => deviceId === device.deviceId)?.offerId).toBe(offer.offerId);
});

test('a revoked device is cut at once on every connection and stays out, until it is paired anew with its old id', async () => {
  const device = await core.device();
  const second = await core.signIn(device.token);
  await core.control.call('devices.revoke', { deviceId: device.deviceId });
  expect(await device.client.farewell()).toBe('DEVICE_REVOKED');
  expect(await second.farewell()).toBe('DEVICE_REVOKED');
  const client = await core.greeted();
  expect(await client.codeOf('session.authenticate', { token: device.token })).toBe('DEVICE_REVOKED');
  const { devices } = await core.control.call('devices.list', {});
  const listed = devices.find((found) => found.deviceId === device.deviceId);
  expect(listed).toMatchObject({ connected: false, revokedAt: expect.any(Number) });

  const secret = await newSecret();
  const paired = await client.call('session.pair', { secret, token: device.token, deviceName: 'again' });
  expect(paired.deviceId).toBe(device.deviceId);
  expect(await client.codeOf('session.authenticate', { token: device.token })).toBeNull();
  const revocations = readFileSync(join(core.dataDir, 'identity', 'revocations.json'), 'utf8');
  expect(revocations).not.toContain(device.deviceId);
});

test('a command that was in flight when its device was revoked is booked or not, and the writer goes on', async () => {
  const device = await core.device();
  const creates = Array.from({ length: 50 }, (_, index) =>
    device.client
      .codeOf('items.create', { commandId: v7(), sku: `R-${index}`, name: 'x', unit: 'pcs' })
      .catch(() => 'cut'),
  );
  await core.control.call('devices.revoke', { deviceId: device.deviceId });
  for (const code of await Promise.all(creates)) expect([null, 'cut', 'DEVICE_REVOKED']).toContain(code);
});

test('an unknown device cannot be revoked', async () => {
  const revoked = core.control.call('devices.revoke', { deviceId: v7() });
  await expect(revoked).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

// Last: it shuts this address out.
test('who guesses codes is shut out', async () => {
  const secret = await newSecret();
  const client = await core.greeted();
  const codes: (string | null)[] = [];
  for (let guess = 0; guess <= limits.joinTriesPerAddressMax; guess++) {
    codes.push(
      await client.codeOf('session.pair', { secret: '1111111111', token: newToken(), deviceName: 'thief' }),
    );
  }
  expect(codes.at(-1)).toBe('JOIN_TRIES_EXHAUSTED');
  const right = { secret, token: newToken(), deviceName: 'thief' };
  expect(await client.codeOf('session.pair', right)).toBe('JOIN_TRIES_EXHAUSTED');
});

test('a revocation outlives a restore of a database from before it', async () => {
  const first = await startCore();
  const kept = await first.device();
  const lost = await first.device();
  await first.control.call('devices.revoke', { deviceId: lost.deviceId });
  await first.process.kill();
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(join(first.dataDir, 'masala.db'));
  database.prepare('UPDATE devices SET revoked_at = NULL').run();
  database.close();
  const second = await startCore({ dataDir: first.dataDir });
  try {
    const client = await second.greeted();
    expect(await client.codeOf('session.authenticate', { token: lost.token })).toBe('DEVICE_REVOKED');
    expect(await client.codeOf('session.authenticate', { token: kept.token })).toBeNull();
  } finally {
    await second.end();
    rmSync(first.dataDir, { recursive: true, force: true });
  }
});
