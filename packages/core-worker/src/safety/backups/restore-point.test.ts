// Manifests and the listing of backups: what is damaged is told as damaged, and what cannot be reached is never "none".

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@masala/protocol';
import fc from 'fast-check';
import { type BackupFolders, dataRoot, kindFolder, secondRoot } from './backup-folders.ts';
import {
  isBackupId,
  type Manifest,
  ManifestDamagedError,
  manifestText,
  newBackupId,
  parseManifest,
} from './manifest.ts';
import { listRestorePoints, restorePointAt } from './restore-point.ts';

const epoch = '01990000-0000-7000-8000-000000000001';
const content = Buffer.from('not really a database');

function manifest(more: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    id: '20260314-080000-daily',
    kind: 'daily',
    madeAt: Date.UTC(2026, 2, 14, 8),
    order: Date.UTC(2026, 2, 14, 8),
    elapsedMs: 12,
    serverId: 'ab'.repeat(32),
    version: '0.1.0',
    schemaVersion: 2,
    epoch,
    lineage: [{ epoch, parent: null, branchSequence: 0, branchHash: '0'.repeat(64) }],
    lastSequence: 8,
    lastHash: 'cd'.repeat(32),
    lastCommandAt: Date.UTC(2026, 2, 14, 7),
    counts: { commands: 8, documents: 5, movements: 5, items: 2, partners: 0, devices: 1 },
    databaseBytes: 4_096,
    bytes: content.length,
    sha256: sha256Hex(content.toString()),
    verified: null,
    problem: null,
    ...more,
  };
}

describe('a manifest', () => {
  test('is read as it was written', () => {
    const written = manifest({ verified: { at: 5 } });
    expect(parseManifest(manifestText(written))).toEqual(written);
  });

  test('any flipped bit either changes nothing or is noticed', () => {
    const text = Buffer.from(manifestText(manifest()));
    for (let bit = 0; bit < text.length * 8; bit++) {
      const flipped = Buffer.from(text);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let read: Manifest | undefined;
      try {
        read = parseManifest(flipped.toString());
      } catch (error) {
        expect(error).toBeInstanceOf(ManifestDamagedError);
      }
      // What is left are blanks between its fields.
      if (read !== undefined) expect(read).toEqual(manifest());
    }
  });

  test.each([
    ['another format', { format: 2 }],
    ['an id that is a path', { id: '../../masala' }],
    ['an unknown kind', { kind: 'hourly' }],
    ['a negative size', { bytes: -1 }],
    ['a broken number', { order: 1.5 }],
    ['no lineage', { lineage: [] }],
    ['a damaged lineage', { lineage: [{ epoch }] }],
    ['counts that lack a table', { counts: { commands: 1 } }],
  ])('with a good checksum but %s is refused', (_, more) => {
    expect(() => parseManifest(manifestText({ ...manifest(), ...more } as unknown as Manifest))).toThrow(
      ManifestDamagedError,
    );
  });

  test('any text is a manifest or refused as damaged', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseManifest(text)).toThrow(ManifestDamagedError);
      }),
    );
  });

  test('ids are UTC, sortable, and unique within a second', () => {
    const taken = new Set<string>();
    const next = () => {
      const id = newBackupId('snapshot', Date.UTC(2026, 10, 21, 14, 35, 0, 999), (one) => taken.has(one));
      taken.add(id);
      return id;
    };
    expect([next(), next(), next()]).toEqual([
      '20261121-143500-snapshot',
      '20261121-143500-snapshot-2',
      '20261121-143500-snapshot-3',
    ]);
    expect([...taken].every(isBackupId)).toBe(true);
    expect(isBackupId('20261121-143500-hourly')).toBe(false);
  });
});

describe('the list', () => {
  let folder: string;
  let folders: BackupFolders;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masala-points-'));
    folders = {
      dataDir: join(folder, 'data'),
      secondFolder: join(folder, 'second'),
      serverId: 'ab'.repeat(32),
    };
    mkdirSync(join(folder, 'data'));
    mkdirSync(join(folder, 'second'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Writes a pair of files; gives the path of the database. */
  function place(root: string, more: Partial<Manifest> = {}): string {
    const written = manifest(more);
    const path = join(kindFolder(root, written.kind), `${written.id}.db.zst`);
    mkdirSync(kindFolder(root, written.kind), { recursive: true });
    writeFileSync(path, content);
    writeFileSync(path.replace('.db.zst', '.json'), manifestText(written));
    return path;
  }
  const second = () => secondRoot(folders) ?? '';

  test('is empty, and not unreachable, where nothing was ever backed up', async () => {
    const list = await listRestorePoints({ ...folders, secondFolder: null });
    expect(list).toEqual({ points: [], unreadable: [], unreachable: [], second: { state: 'none' } });
  });

  test('is newest first by the order of making, over kinds and folders, though the clock jumped back', async () => {
    place(dataRoot(folders), { id: '20270101-000000-snapshot', kind: 'snapshot', order: 1 });
    place(dataRoot(folders), { id: '20260101-000000-daily', order: 3, verified: { at: 1 } });
    place(second(), { id: '20260101-000000-daily', order: 3 });
    place(second(), { id: '20260601-000000-weekly', kind: 'weekly', order: 2 });
    const { points } = await listRestorePoints(folders);
    expect(points.map(({ manifest: { id }, place, state }) => [id, place, state])).toEqual([
      ['20260101-000000-daily', 'data', 'verified'],
      ['20260101-000000-daily', 'second', 'unverified'],
      ['20260601-000000-weekly', 'second', 'unverified'],
      ['20270101-000000-snapshot', 'data', 'unverified'],
    ]);
  });

  test('tells what is damaged, and how', async () => {
    const cut = place(dataRoot(folders), { id: '20260101-000001-daily', order: 1 });
    writeFileSync(cut, content.subarray(1));
    rmSync(place(dataRoot(folders), { id: '20260101-000002-daily', order: 2 }));
    place(dataRoot(folders), { id: '20260101-000003-daily', order: 3, problem: 'a page is torn' });
    const flipped = place(dataRoot(folders), { id: '20260101-000004-daily' }).replace('.db.zst', '.json');
    writeFileSync(flipped, manifestText(manifest()).replace('"bytes": 21', '"bytes": 22'));
    const lone = place(dataRoot(folders), { id: '20260101-000005-daily' }).replace('.db.zst', '.json');
    rmSync(lone);
    const renamed = place(dataRoot(folders), { id: '20260101-000006-daily' }).replace('.db.zst', '.json');
    renameSync(renamed, lone.replace('000005', '000007'));
    const { points, unreadable } = await listRestorePoints(folders);
    expect(points.map(({ state, problem }) => [state, problem])).toEqual([
      ['damaged', 'a page is torn'],
      ['damaged', 'its file is missing'],
      ['damaged', 'its file has 20 bytes instead of 21'],
    ]);
    expect(unreadable.map(({ id, problem }) => [id.slice(9, 15), problem])).toEqual([
      ['000007', 'its manifest is that of 20260101-000006-daily'],
      ['000006', 'its manifest is missing'],
      ['000005', 'its manifest is missing'],
      ['000004', 'its manifest cannot be read: it does not fit its own checksum'],
    ]);
  });

  test('tells a second folder that is gone, one on the same disk, and one that is a file', async () => {
    const { second: same } = await listRestorePoints(folders);
    expect(same).toEqual({ state: 'same-disk', folder: folders.secondFolder });
    rmSync(join(folder, 'second'), { recursive: true });
    const gone = await listRestorePoints(folders);
    expect(gone.unreachable).toEqual([folders.secondFolder]);
    expect(gone.second).toMatchObject({ state: 'unreachable', reason: expect.stringContaining('ENOENT') });
    writeFileSync(join(folder, 'second'), '');
    expect((await listRestorePoints(folders)).unreachable).toEqual([folders.secondFolder]);
  });

  test('one backup is found by either of its files, wherever it lies', async () => {
    const path = place(join(folder, 'usb'));
    const found = await restorePointAt(path.replace('.db.zst', '.json'));
    expect(found).toEqual({ manifest: manifest(), path, place: 'path', state: 'unverified', problem: null });
    await expect(restorePointAt(join(folder, 'usb', 'nothing.db.zst'))).rejects.toThrow('missing');
  });
});
