// A restore from backup and journal is the original, digest for digest; what is damaged is refused, and nothing half-made is left.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import fc from 'fast-check';
import { beginEpoch, describeStore } from '../../store/open.ts';
import type { PoolChannel } from '../../store/pool-task.ts';
import { openForReading } from '../../store/sqlite.ts';
import type { RestorePoint } from '../backups/restore-point.ts';
import { JournalCopier } from '../journal/journal-copier.ts';
import { surveyJournals } from '../journal/survey.ts';
import { chooseRestorePoint, type RestoreWish } from './choose.ts';
import { type RestoreReport, restore } from './restore.ts';
import { contentOf, HISTORY_START, HISTORY_STEP_MS, randomGroups, TestHistory } from './testing/history.ts';
import { backUp } from './testing/restore-points.ts';

const NOW = Date.UTC(2026, 10, 22);

let base: string;
let folder: string;
let scratchFolder: string;
let history: TestHistory;
let points: RestorePoint[];
let progress: { phase: string; done: number; total: number }[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'masala-restore-'));
  scratchFolder = join(base, 'restore');
  begin();
});

afterEach(() => {
  history.close();
  rmSync(base, { recursive: true, force: true });
});

/** A history of its own, in a data directory of its own, with its second folder. */
function begin(): void {
  const own = mkdtempSync(join(base, 'run-'));
  folder = join(own, 'second', 'masala-abababababab', 'journal');
  mkdirSync(join(own, 'second'));
  history = new TestHistory(own);
  points = [];
  progress = [];
}

async function copyJournal(): Promise<void> {
  const copier = new JournalCopier({
    place: { folder, dataDir: base, serverId: 'ab' },
    databasePath: history.path,
    now: () => NOW,
    say: () => undefined,
    onCopied: () => undefined,
    segmentBytes: 3_000,
  });
  await copier.copy(new AbortController().signal);
  copier.close();
}

function takeBackup(): void {
  points.unshift(backUp(history, base, `20261121-120000-snapshot-${points.length + 2}-${Math.random()}`));
}

const channel: PoolChannel = {
  send: async (message) => {
    progress.push(message as (typeof progress)[number]);
  },
  throwIfStopped: () => undefined,
};

async function restored(
  wish: Partial<RestoreWish> = {},
  through = channel,
  newEpoch = 'epoch-new',
): Promise<RestoreReport> {
  const { id = null, until = null } = wish;
  const choice = chooseRestorePoint(points, await surveyJournals(folder), { id, until });
  return restore({ scratchFolder, choice, until, at: NOW, newEpoch }, through);
}

async function refusalOf(act: Promise<unknown>): Promise<MasalaError> {
  const error = await act.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof MasalaError) return error;
  throw error;
}

function lineageOf(path: string) {
  const database = openForReading(path);
  try {
    return describeStore(database).lineage;
  } finally {
    database.close();
  }
}

function enterEpoch(epoch: string, parent: string): void {
  const { sequence, hash } = history.rows().at(-1) ?? { sequence: 0, hash: '' };
  beginEpoch(history.database, {
    epoch,
    origin: 'restore',
    branch: { epoch: parent, sequence, hash },
    at: history.now,
  });
}

test('for random histories a restore from any backup or from nothing but the journal is the original', async () => {
  await fc.assert(
    fc.asyncProperty(randomGroups, fc.nat(), async (groups, pick) => {
      history.close();
      begin();
      const backupAfter = pick % (groups.length + 2);
      for (const [index, group] of groups.entries()) {
        history.book(group);
        if (index === backupAfter) takeBackup();
        if (pick % 3 === 0) await copyJournal();
      }
      await copyJournal();
      const report = await restored();
      expect(report.backupId === null).toBe(points.length === 0);
      expect(contentOf(report.databasePath)).toEqual(contentOf(history.path));
    }),
    { numRuns: 15 },
  );
});

test('the report, the progress, and a database that is one closed file in a new epoch', async () => {
  history.bookReceipts(4);
  takeBackup();
  history.bookReceipts(3);
  await copyJournal();
  const report = await restored();
  const [point] = points;
  expect(report).toMatchObject({
    backupId: point?.manifest.id,
    backupMadeAt: point?.manifest.madeAt,
    replayedCommands: 3,
    lastSequence: 8,
    lastHash: history.rows().at(-1)?.hash,
    lastCommandAt: history.now,
    cutTail: null,
    epoch: 'epoch-new',
    parent: 'epoch-1',
    branchSequence: 8,
    counts: { commands: 8, documents: 7, movements: 7, items: 1, partners: 0, devices: 0 },
    warnings: [],
    databasePath: join(scratchFolder, 'restored.db'),
  });
  expect(readdirSync(scratchFolder)).toEqual(['restored.db']);
  // Bytes 18 and 19 of a database say whether it needs a -wal file: 1 is no.
  expect([...readFileSync(report.databasePath).subarray(18, 20)]).toEqual([1, 1]);
  expect(lineageOf(report.databasePath)).toMatchObject([
    {
      epoch: 'epoch-new',
      parent: 'epoch-1',
      branchSequence: 8,
      branchHash: report.lastHash,
      origin: 'restore',
      beganAt: NOW,
    },
    { epoch: 'epoch-1', parent: null, origin: 'first' },
  ]);
  expect([...new Set(progress.map(({ phase }) => phase))]).toEqual([
    'unpack',
    'replay',
    'structure',
    'references',
    'ledger',
    'pages',
  ]);
  expect(progress.findLast(({ phase }) => phase === 'replay')).toEqual({
    phase: 'replay',
    done: 3,
    total: 3,
  });
});

test('to a moment: every command up to it, and none after', async () => {
  history.bookReceipts(2);
  takeBackup();
  history.bookReceipts(9);
  await copyJournal();
  takeBackup();
  const until = HISTORY_START + 7 * HISTORY_STEP_MS;
  const exact = await restored({ until });
  expect(exact).toMatchObject({ lastSequence: 7, lastCommandAt: until, backupId: points[1]?.manifest.id });
  const before = await restored({ until: until - 1 });
  expect(before).toMatchObject({ lastSequence: 6, branchSequence: 6 });
  const end = await restored({ until: NOW });
  expect(contentOf(end.databasePath)).toEqual(contentOf(history.path));
});

test('along one lineage: what an epoch did after another had branched off is never mixed in', async () => {
  history.bookReceipts(3);
  takeBackup();
  history.bookReceipts(5);
  await copyJournal();
  const first = contentOf(history.path);
  // The admin goes back to command 6, and the factory goes on from there.
  const { databasePath } = await restored({ until: HISTORY_START + 6 * HISTORY_STEP_MS });
  history.close();
  const later = join(base, 'later');
  mkdirSync(later);
  renameSync(databasePath, join(later, 'masala.db'));
  history = new TestHistory(later, '', { now: NOW, firstId: 5_000 });
  history.bookReceipts(4);
  await copyJournal();
  const journals = await surveyJournals(folder);
  expect(
    journals.journals.map(({ epoch, stretches }) => [epoch, stretches[0]?.from, stretches.at(-1)?.to]),
  ).toEqual([
    ['epoch-1', 1, 9],
    ['epoch-new', 7, 11],
  ]);

  const report = await restored({}, channel, 'epoch-3');
  expect(report).toMatchObject({ parent: 'epoch-new', replayedCommands: 7, lastSequence: 11 });
  expect(contentOf(report.databasePath)).toEqual(contentOf(history.path));
  expect(lineageOf(report.databasePath).map(({ epoch, branchSequence }) => [epoch, branchSequence])).toEqual([
    ['epoch-3', 11],
    ['epoch-new', 6],
    ['epoch-1', 0],
  ]);
  // A moment at which the first epoch still lived is as it was then.
  const asItWas = await restored({ until: HISTORY_START + 9 * HISTORY_STEP_MS }, channel, 'epoch-4');
  expect(asItWas).toMatchObject({ parent: 'epoch-1', lastSequence: 9 });
  expect(contentOf(asItWas.databasePath)).toEqual(first);
});

test('from the journals of two epochs alone, without any backup', async () => {
  history.bookReceipts(3);
  await copyJournal();
  enterEpoch('epoch-2', 'epoch-1');
  history.bookReceipts(3);
  await copyJournal();
  const report = await restored();
  expect(report).toMatchObject({ backupId: null, replayedCommands: 7, parent: 'epoch-2' });
  expect(contentOf(report.databasePath)).toEqual(contentOf(history.path));
});

describe('damage', () => {
  beforeEach(async () => {
    history.bookReceipts(3);
    takeBackup();
    for (let segments = 0; segments < 3; segments++) {
      history.bookReceipts(4);
      await copyJournal();
    }
  });

  const segment = (index: number) => {
    const epoch = join(folder, 'epoch-1');
    return join(epoch, readdirSync(epoch).sort().at(index) ?? '');
  };

  test('of the backup is refused, and nothing half-made is left', async () => {
    const [point] = points;
    const bytes = readFileSync(point?.path ?? '');
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(point?.path ?? '', bytes);
    const refusal = await refusalOf(restored());
    expect(refusal.code).toBe('BACKUP_DAMAGED');
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test('of the database that was backed up is told of the backup, whether the check or a command meets it', async () => {
    history.database.pragma('foreign_keys = OFF');
    history.database.exec('CREATE TEMP TABLE kept AS SELECT * FROM items; DELETE FROM items');
    takeBackup();
    history.database.exec('INSERT INTO items SELECT * FROM kept');
    rmSync(folder, { recursive: true });
    expect((await refusalOf(restored())).code).toBe('BACKUP_DAMAGED');
    history.bookReceipts(2);
    await copyJournal();
    expect((await refusalOf(restored())).code).toBe('BACKUP_DAMAGED');
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test('of the journal leaves what is before it, and is told', async () => {
    rmSync(segment(-2));
    const report = await restored();
    expect(report.lastSequence).toBe(8);
    expect(report.warnings.join()).toMatch(/The journal lacks the commands \d+ to \d+/);
  });

  test('of the journal before the backup does not matter', async () => {
    takeBackup();
    truncateSync(segment(0), 20);
    const report = await restored();
    expect(contentOf(report.databasePath)).toEqual(contentOf(history.path));
  });

  test('of the end of the journal is cut and told', async () => {
    const path = segment(-1);
    truncateSync(path, readFileSync(path).length - 1);
    const report = await restored();
    expect(report.cutTail).toMatchObject({ epoch: 'epoch-1', sequence: report.lastSequence + 1 });
  });

  test('that comes between choice and restore is refused with the sequence', async () => {
    const choice = chooseRestorePoint(points, await surveyJournals(folder), { id: null, until: null });
    truncateSync(segment(-1), 20);
    const params = { scratchFolder, choice, until: null, at: NOW, newEpoch: 'epoch-new' };
    const refusal = await refusalOf(Promise.resolve(restore(params, channel)));
    expect(refusal.code).toBe('RESTORE_FAILED');
    expect(refusal.data).toMatchObject({ sequence: expect.any(Number) });
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  test('of commands that another history booked is refused with the sequence', async () => {
    const other = mkdtempSync(join(base, 'other-'));
    const stranger = new TestHistory(other, 'epoch-1', { firstId: 5_000 });
    stranger.bookReceipts(5);
    const [point] = points;
    points = [backUp(stranger, base, 'other')];
    stranger.close();
    expect(point).toBeDefined();
    const refusal = await refusalOf(restored());
    expect(refusal.data).toMatchObject({ sequence: 7 });
  });

  test('of the lineage is refused: the commands are not those at which an epoch branched', async () => {
    enterEpoch('epoch-2', 'epoch-1');
    history.bookReceipts(1);
    await copyJournal();
    const choice = chooseRestorePoint(points, await surveyJournals(folder), { id: null, until: null });
    const lineage = choice.lineage.map((one) => ({ ...one, branchHash: '0'.repeat(64) }));
    const params = {
      scratchFolder,
      choice: { ...choice, lineage },
      until: null,
      at: NOW,
      newEpoch: 'epoch-new',
    };
    const refusal = await refusalOf(Promise.resolve(restore(params, channel)));
    expect(refusal.data).toMatchObject({ sequence: 16 });
  });

  test('what a killed restore left does not hinder the next', async () => {
    mkdirSync(scratchFolder);
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      writeFileSync(join(scratchFolder, `restored.db${suffix}`), 'garbage');
    }
    const report = await restored();
    expect(contentOf(report.databasePath)).toEqual(contentOf(history.path));
  });
});

test('it stops when it is asked to', async () => {
  history.bookReceipts(3);
  await copyJournal();
  const stopping: PoolChannel = {
    send: async () => undefined,
    throwIfStopped: () => {
      throw new MasalaError('CANCELLED');
    },
  };
  expect((await refusalOf(restored({}, stopping))).code).toBe('CANCELLED');
  expect(readdirSync(scratchFolder)).toEqual([]);
});
