// What the admin's desk asks of a real core: who is connected, how fast it is, its disks, and what a restore would undo.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@masala/protocol';
import { v7 } from 'uuid';
import { type CoreUnderTest, startCore, type TestDevice } from './testing/core-under-test.ts';

/** A backup, a thread of the pool and a step of the metrics on a machine that is busy with other tests. */
const PATIENCE_MS = 60_000;

let core: CoreUnderTest;
let office: TestDevice;
let itemId: unknown;

beforeAll(async () => {
  core = await startCore();
  office = await core.device();
  ({ id: itemId } = await office.client.call('items.create', {
    ...{ commandId: v7(), sku: 'NUT', name: 'Nut', unit: 'pcs' },
  }));
}, PATIENCE_MS);
afterAll(() => core.end());

function receive(): Promise<Record<string, unknown>> {
  const lines = [{ itemId, quantity: 5 }];
  return office.client.call('receipts.create', { commandId: v7(), post: true, lines });
}

test(
  'the signed-in clients are told with what they saved, and each coming and going',
  async () => {
    const changes: string[] = [];
    core.control.onEvent('state.changed', ({ state }) => void changes.push(state));
    await core.control.call('attach', { supervisorPid: process.pid, startedAt: 1 });
    const heard = async (count: number) => {
      while (changes.length < count) await sleep(10);
    };
    const greeted = await core.greeted();
    const before = await core.control.call('clients.list', {});
    expect(before.clients).toMatchObject([
      {
        ...{ deviceId: office.deviceId, device: 'a test', role: 'office', program: 'test 0' },
        ...{ address: '127.0.0.1', saves: 1, lastSaveAt: expect.any(Number) },
      },
    ]);
    const viewer = await core.device('viewer');
    await heard(1);
    const { clients } = await core.control.call('clients.list', {});
    expect(clients.map(({ role, saves, lastSaveAt }) => ({ role, saves, lastSaveAt }))).toEqual([
      { role: 'office', saves: 1, lastSaveAt: before.clients[0]?.lastSaveAt },
      { role: 'viewer', saves: 0, lastSaveAt: null },
    ]);
    expect(clients[1]?.since).toBeGreaterThanOrEqual(clients[0]?.since ?? Number.POSITIVE_INFINITY);
    viewer.client.close();
    greeted.close();
    await heard(2);
    while ((await core.control.call('clients.list', {})).clients.length > 1) await sleep(10);
  },
  PATIENCE_MS,
);

test(
  'saves, reads and refusals: only what was booked counts as a save, and pings are no reads',
  async () => {
    await office.client.call('items.list', {});
    await office.client.call('session.ping', {});
    const wrong = { commandId: v7(), post: true, lines: [{ itemId: v7(), quantity: 1 }] };
    expect(await office.client.codeOf('receipts.create', wrong)).toBe('ITEM_UNKNOWN');
    await receive();
    // All of them together: the steps do not tell when they ended.
    for (;;) {
      const { stepMs, points } = await core.control.call('metrics.read', {});
      expect(stepMs).toBe(2_000);
      const saves = points.reduce((sum, point) => sum + point.saves, 0);
      const reads = points.reduce((sum, point) => sum + point.reads, 0);
      const busy = points.find((point) => point.saves > 0);
      if (saves < 2 || reads < 1 || busy === undefined) {
        await sleep(100);
        continue;
      }
      expect({ saves, reads }).toEqual({ saves: 2, reads: 1 });
      expect(busy.saveP50Us).toBeGreaterThan(0);
      expect(busy.saveP99Us).toBeGreaterThanOrEqual(busy.saveP50Us ?? Number.POSITIVE_INFINITY);
      expect(busy.clients).toBe(1);
      const last = points.at(-1)?.at ?? 0;
      expect(
        (await core.control.call('metrics.read', { since: last })).points.every(({ at }) => at > last),
      ).toBe(true);
      return;
    }
  },
  PATIENCE_MS,
);

test('disks: the data directory, its database, and the thresholds in force', async () => {
  const disks = await core.control.call('disks.read', {});
  expect(disks).toMatchObject({ second: null, lowBytes: 500 * 2 ** 20, criticalBytes: 100 * 2 ** 20 });
  expect(disks.data.folder).toBe(core.dataDir);
  expect(disks.data.freeBytes).toBeLessThanOrEqual(disks.data.totalBytes ?? 0);
  expect(disks.databaseBytes).toBeGreaterThan(0);
});

test('a folder for the backups: usable, missing, a file, not named in full', async () => {
  const check = (folder: string) => core.control.call('backup.checkFolder', { folder });
  const folder = join(core.dataDir, 'second');
  mkdirSync(folder);
  writeFileSync(join(core.dataDir, 'file'), '');
  expect(await check(folder)).toEqual({
    folder,
    problem: null,
    sameDisk: true,
    freeBytes: expect.any(Number),
  });
  expect(readdirSync(folder)).toEqual([]);
  expect((await check(join(folder, 'missing'))).problem).toContain('no such folder');
  expect((await check(join(core.dataDir, 'file'))).problem).toContain('is a file');
  expect((await check(join(core.dataDir, 'file', 'below'))).problem).toContain('is a file');
  expect((await check('second')).problem).toContain('named in full');
  await expect(check('')).rejects.toMatchObject({ code: 'PARAMS_INVALID' });
  expect((await check('/nul\0byte')).problem).toContain('cannot be used');
});

test(
  'a preview counts what was booked after a backup; another history and an unknown id are told',
  async () => {
    const preview = (id: string) => core.control.call('backup.preview', { id }, PATIENCE_MS);
    const { point } = await core.control.call('backup.now', {}, PATIENCE_MS);
    expect(await preview(point.id)).toEqual({
      ...{ comparable: true, undoneCommands: 0, undoneDocuments: 0, documents: [] },
      present: { epoch: point.epoch, lastSequence: point.lastSequence },
    });
    const numbers: unknown[] = [];
    for (let count = 0; count < 52; count++) numbers.push((await receive()).number);
    const told = await preview(point.id);
    expect(told).toMatchObject({ comparable: true, undoneCommands: 52, undoneDocuments: 52 });
    expect(told.documents.map(({ number }) => number)).toEqual(numbers.reverse().slice(0, 50));
    expect(told.present).toEqual({ epoch: point.epoch, lastSequence: point.lastSequence + 52 });
    expect(told.documents[0]).toMatchObject({ kind: 'receipt', partner: null, at: expect.any(Number) });
    await expect(preview('20261121-080000-manual')).rejects.toMatchObject({ code: 'BACKUP_UNKNOWN' });
    await expect(preview('x'.repeat(limits.nameMaxLength))).rejects.toMatchObject({ code: 'BACKUP_UNKNOWN' });

    const { nextAt } = await core.control.call('backup.list', {});
    expect(nextAt).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
