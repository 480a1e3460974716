// Backups for tests of the restore: a real packed database beside a manifest that fits it.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENESIS_HASH } from '../../../store/chain.ts';
import type { Lineage } from '../../../store/open.ts';
import { openForReading } from '../../../store/sqlite.ts';
import { readContent } from '../../backups/copy-database.ts';
import type { Manifest } from '../../backups/manifest.ts';
import { packChunk } from '../../backups/packed-file.ts';
import type { RestorePoint } from '../../backups/restore-point.ts';
import type { EpochJournal, JournalStretch } from '../../journal/survey.ts';
import type { TestHistory } from './history.ts';

const counts = { commands: 0, documents: 0, movements: 0, items: 0, partners: 0, devices: 0 };

/** A restore point of which only what a choice looks at is filled in. */
export function pointAt(
  lineage: Lineage,
  lastSequence: number,
  lastCommandAt: number | null,
  { id = `20261121-120000-snapshot-${lastSequence}`, ...more }: Partial<Manifest & RestorePoint> = {},
): RestorePoint {
  const manifest: Manifest = {
    format: 1,
    id,
    kind: 'snapshot',
    madeAt: lastCommandAt ?? 0,
    order: lastCommandAt ?? 0,
    elapsedMs: 1,
    serverId: 'ab',
    version: '0.1.0',
    schemaVersion: 2,
    epoch: lineage[0]?.epoch ?? '',
    lineage,
    lastSequence,
    lastHash: GENESIS_HASH,
    lastCommandAt,
    counts,
    databaseBytes: 1,
    bytes: 1,
    sha256: '',
    verified: null,
    problem: null,
  };
  const { place = 'data', state = 'unverified', problem = null } = more as Partial<RestorePoint>;
  return { manifest, path: `/backups/${id}.db.zst`, place, state, problem };
}

/** A journal of one segment each stretch; command n was booked at n × 1,000 ms unless said otherwise. */
export function journalOf(lineage: Lineage, ...stretches: [from: number, to: number][]): EpochJournal {
  const epoch = lineage[0]?.epoch ?? '';
  return {
    folder: `/journal/${epoch}`,
    epoch,
    lineage,
    serverId: 'ab',
    stretches: stretches.map(([from, to]): JournalStretch => {
      return { from, to, firstAt: from * 1_000, lastAt: to * 1_000 };
    }),
    bytes: 1,
    tornTail: null,
    problems: [],
    isSetAside: false,
  };
}

/** Backs a history up as it is now, into `<folder>/<id>.db.zst`. */
export function backUp(history: TestHistory, folder: string, id: string): RestorePoint {
  const copy = join(folder, `${id}.db`);
  history.copyTo(copy);
  const database = openForReading(copy);
  const content = readContent(database);
  database.close();
  const plain = readFileSync(copy);
  rmSync(copy);
  const packed = packChunk(plain);
  const path = `${copy}.zst`;
  writeFileSync(path, packed);
  const sizes = {
    databaseBytes: plain.length,
    bytes: packed.length,
    sha256: createHash('sha256').update(packed).digest('hex'),
  };
  const point = pointAt(content.lineage, content.lastSequence, content.lastCommandAt, { id });
  return { ...point, path, manifest: { ...point.manifest, ...content, ...sizes } };
}
