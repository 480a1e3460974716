// What the dashboard is told of the drives, also while one of them does not answer.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '@masala/protocol';
import { readDisks } from './disks.ts';

const { settings } = readSettings({});
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-disks-'));
  writeFileSync(join(folder, 'masala.db'), 'x'.repeat(1_000));
  writeFileSync(join(folder, 'masala.db-wal'), 'x'.repeat(24));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('the database is what its files weigh together, and nothing where there are none', async () => {
  const disks = await readDisks(folder, { ...settings, 'backup.secondFolder': folder });
  expect(disks).toMatchObject({ databaseBytes: 1_024, second: { folder } });
  expect(disks.second?.freeBytes).toBeGreaterThan(0);
  for (const name of ['masala.db', 'masala.db-wal']) rmSync(join(folder, name));
  expect(await readDisks(folder, settings)).toMatchObject({ databaseBytes: 0, second: null });
});

test('a drive that hangs is told as one that cannot be asked', async () => {
  const disks = await readDisks(folder, settings, () => new Promise(() => undefined));
  expect(disks.databaseBytes).toBe(0);
  expect(disks.data.freeBytes).toBeGreaterThan(0);
});
