// The journal holds every command without a hole, whatever happened to its end, its segments, its folder, or the database.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogEventName } from '@masala/protocol';
import { expireBodies } from '../../store/body-expiry.ts';
import { beginEpoch } from '../../store/open.ts';
import { openForWriting } from '../../store/sqlite.ts';
import { HISTORY_STEP_MS, TestHistory } from '../restore/testing/history.ts';
import { JournalCopier } from './journal-copier.ts';
import { HomeUnreachableError } from './journal-home.ts';
import { journaledRows } from './journaled-rows.ts';
import { surveyJournals } from './survey.ts';

const NOW = Date.UTC(2026, 10, 22);
const serverId = 'ab'.repeat(32);

let base: string;
let dataDir: string;
let second: string;
let folder: string;
let history: TestHistory;
let said: { event: LogEventName; fields: Record<string, unknown> }[];
const copiers: JournalCopier[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'masala-journal-'));
  dataDir = join(base, 'data');
  second = join(base, 'second');
  folder = join(second, 'masala-abababababab', 'journal');
  mkdirSync(dataDir);
  mkdirSync(second);
  history = new TestHistory(dataDir);
  said = [];
});

afterEach(() => {
  for (const copier of copiers.splice(0)) copier.close();
  history.close();
  rmSync(base, { recursive: true, force: true });
});

function copierOf(
  segmentBytes = 4_000,
  databasePath = history.path,
  onCopied: () => void = () => undefined,
): JournalCopier {
  const copier = new JournalCopier({
    place: { folder, dataDir, serverId },
    databasePath,
    now: () => NOW,
    say: (event, fields) => said.push({ event, fields }),
    onCopied,
    segmentBytes,
  });
  copiers.push(copier);
  return copier;
}

const copy = (copier: JournalCopier) => copier.copy(new AbortController().signal);
const events = () => said.map(({ event }) => event);

async function surveyOf(epoch = 'epoch-1') {
  const { journals } = await surveyJournals(folder);
  const found = journals.find((journal) => journal.epoch === epoch && !journal.isSetAside);
  if (found === undefined) throw new Error(`there is no journal of ${epoch}`);
  return found;
}

/** The journal is whole, from `from` to the database's end, and says exactly what the database says. */
async function expectWhole(from = 1, epoch = 'epoch-1'): Promise<void> {
  const journal = await surveyOf(epoch);
  const rows = history.rows(from - 1);
  const leg = { folder: journal.folder, epoch, from, to: rows.at(-1)?.sequence ?? 0 };
  expect([...journaledRows(leg)]).toEqual(rows);
  expect(journal.problems).toEqual([]);
  expect(journal.tornTail).toBeNull();
}

const segments = (epoch = 'epoch-1') =>
  readdirSync(join(folder, epoch))
    .sort()
    .map((name) => join(folder, epoch, name));

test('what was there before it was begun and what comes later is copied, over several segments', async () => {
  history.bookReceipts(20);
  const copier = copierOf();
  await copy(copier);
  await expectWhole();
  history.bookReceipts(5);
  await copy(copier);
  await expectWhole();
  expect(segments().length).toBeGreaterThan(1);
  const { serverId: owner, lineage } = await surveyOf();
  expect(owner).toBe(serverId);
  expect(lineage).toMatchObject([{ epoch: 'epoch-1', parent: null, branchSequence: 0 }]);
});

test('it goes on at its own end after a crash that tore it anywhere', async () => {
  history.bookReceipts(6);
  await copy(copierOf(1_000_000));
  history.bookReceipts(2);
  await copy(copierOf(1_000_000));
  const [path = ''] = segments();
  const whole = readFileSync(path);
  const header = whole.indexOf(0xff);
  for (let cut = header; cut < whole.length; cut += 97) {
    writeFileSync(path, whole);
    truncateSync(path, cut);
    await copy(copierOf(1_000_000));
    await expectWhole();
  }
  appendFileSync(path, Buffer.alloc(3_000));
  expect((await surveyOf()).tornTail).toEqual({ sequence: 10, bytes: 3_000 });
  await copy(copierOf(1_000_000));
  await expectWhole();
  expect(new Set(events())).toEqual(new Set(['journal.opened', 'journal.tail-cut']));
});

test('a damaged record of the newest segment is told and copied again', async () => {
  history.bookReceipts(3);
  const copier = copierOf(1_000_000);
  await copy(copier);
  history.bookReceipts(3);
  await copy(copier);
  copier.close();
  const [path = ''] = segments();
  const bytes = readFileSync(path);
  bytes.write('XX', bytes.indexOf('receipts.create'));
  writeFileSync(path, bytes);
  expect((await surveyOf()).problems).toEqual([{ sequence: 2, reason: 'a record is damaged' }]);
  await copy(copierOf(1_000_000));
  await expectWhole();
  expect(said).toContainEqual({ event: 'journal.damaged', fields: expect.objectContaining({ sequence: 2 }) });
});

test('older segments are read again, and mended from the database where they are damaged or gone', async () => {
  const copier = copierOf(2_000);
  for (let round = 0; round < 12; round++) {
    history.bookReceipts(2);
    await copy(copier);
  }
  const [first = '', , third = '', fourth = ''] = segments();
  const bytes = readFileSync(first);
  bytes.write('XX', bytes.indexOf('receipts.create'));
  writeFileSync(first, bytes);
  rmSync(third);
  truncateSync(fourth, 10);
  expect((await surveyOf()).problems.length).toBeGreaterThan(2);
  for (let check = 0; check < 20; check++) copier.checkOneSealed();
  await expectWhole();
  expect(events().filter((event) => event === 'journal.damaged')).toHaveLength(3);
  // The next round is a day later.
  truncateSync(fourth, 10);
  for (let check = 0; check < 20; check++) copier.checkOneSealed();
  expect((await surveyOf()).problems).not.toEqual([]);
});

test('commands whose bodies have expired cannot be copied: it begins after them, and says so', async () => {
  history.bookReceipts(6);
  expireBodies(history.database, history.now - 2 * HISTORY_STEP_MS, 0);
  const expired = history.database.prepare('SELECT bodies_expired_to FROM ledger').pluck().get();
  expect(expired).toBe(4);
  await copy(copierOf());
  await expectWhole(5);
  expect(said).toContainEqual({
    event: 'journal.opened',
    fields: expect.objectContaining({ sequence: 4, created: true }),
  });
});

test('a journal that ends before bodies that have expired is set aside, for it could only go on with a hole', async () => {
  history.bookReceipts(2);
  await copy(copierOf());
  history.bookReceipts(6);
  expireBodies(history.database, history.now - 2 * HISTORY_STEP_MS, 0);
  await copy(copierOf());
  await expectWhole(7);
  expect(events()).toContain('journal.set-aside');
});

test('a journal that is ahead of a database that was set back is kept, and a new one is begun', async () => {
  history.bookReceipts(3);
  const earlier = join(base, 'earlier.db');
  history.copyTo(earlier);
  history.bookReceipts(3);
  await copy(copierOf());
  const rows = history.rows();
  await copy(copierOf(4_000, earlier));
  const { journals } = await surveyJournals(folder);
  expect(journals).toHaveLength(2);
  const aside = journals.find(({ isSetAside }) => isSetAside);
  expect([...journaledRows({ folder: aside?.folder ?? '', epoch: '', from: 1, to: 99 })]).toEqual(rows);
  expect((await surveyOf()).stretches).toMatchObject([{ from: 1, to: 4 }]);
  expect(said.find(({ event }) => event === 'journal.set-aside')?.fields['reason']).toContain('command 7');
});

test('a journal of the same length whose last command is another is kept, and a new one is begun', async () => {
  history.bookReceipts(3);
  const earlier = mkdtempSync(join(base, 'earlier-'));
  history.copyTo(join(earlier, 'masala.db'));
  history.bookReceipts(2);
  await copy(copierOf());
  history.close();
  history = new TestHistory(earlier, '', { now: NOW, firstId: 5_000 });
  history.bookReceipts(1);
  expect(history.rows().at(-1)?.sequence).toBe(6);
  await copy(copierOf());
  await expectWhole();
  expect(said.find(({ event }) => event === 'journal.set-aside')?.fields['reason']).toContain(
    'is not that of',
  );
});

test('the last batch is written again at each start: its fsync may have failed', async () => {
  history.bookReceipts(3);
  await copy(copierOf(1_000_000));
  const [path = ''] = segments();
  const before = readFileSync(path);
  utimesSync(path, 1, 1);
  await copy(copierOf(1_000_000));
  expect(statSync(path).mtimeMs).toBeGreaterThan(1_000);
  expect(readFileSync(path)).toEqual(before);
});

describe('a new epoch', () => {
  function enterEpoch(epoch: string): number {
    const [head] = history.rows().slice(-1);
    const { sequence = 0, hash = '' } = head ?? {};
    beginEpoch(history.database, {
      epoch,
      origin: 'restore',
      branch: { epoch: 'epoch-1', sequence, hash },
      at: NOW,
    });
    return sequence;
  }

  test('goes on after the branch where the journal of its parent leads there', async () => {
    history.bookReceipts(4);
    await copy(copierOf());
    const branch = enterEpoch('epoch-2');
    history.bookReceipts(2);
    await copy(copierOf());
    await expectWhole(branch + 1, 'epoch-2');
    expect((await surveyOf('epoch-2')).stretches[0]?.from).toBe(branch + 1);
    expect((await surveyOf('epoch-1')).stretches.at(-1)?.to).toBe(branch);
  });

  test('copies all where the journal of its parent leads to another command', async () => {
    history.bookReceipts(4);
    await copy(copierOf());
    history.close();
    const other = mkdtempSync(join(base, 'other-'));
    history = new TestHistory(other, 'epoch-1', { firstId: 5_000 });
    history.bookReceipts(4);
    enterEpoch('epoch-2');
    history.bookReceipts(2);
    await copy(copierOf());
    await expectWhole(1, 'epoch-2');
  });

  test('copies all where it does not', async () => {
    history.bookReceipts(4);
    await copy(copierOf());
    history.bookReceipts(1);
    enterEpoch('epoch-2');
    history.bookReceipts(2);
    await copy(copierOf());
    await expectWhole(1, 'epoch-2');
  });
});

describe('the place on the second drive', () => {
  test('a second folder that is not there is never made', async () => {
    rmSync(second, { recursive: true });
    await expect(copy(copierOf())).rejects.toThrow(HomeUnreachableError);
    expect(readdirSync(base)).toEqual(['data']);
  });

  test('deleted under the open journal it is noticed, and begun anew completely', async () => {
    history.bookReceipts(3);
    const copier = copierOf();
    await copy(copier);
    rmSync(join(second, 'masala-abababababab'), { recursive: true });
    await expect(copy(copier)).rejects.toThrow('ENOENT');
    history.bookReceipts(3);
    await copy(copier);
    await expectWhole();
    expect(events()).toContain('journal.begun-anew');
  });

  test('deleted in the middle of a copy, what went into the void is not told as copied', async () => {
    history.bookReceipts(1);
    const ends: number[] = [];
    const copier = copierOf(100_000_000, history.path, () => {
      ends.push(ends.length);
      if (ends.length === 2) rmSync(join(folder, 'epoch-1'), { recursive: true });
    });
    // More than a batch of a mebibyte: the first is copied, and then the folder goes.
    const note = 'x'.repeat(2_000);
    for (let count = 0; count < 700; count++) {
      history.book([{ act: 'create', kind: 'receipt', lines: [], post: false, note }]);
    }
    await expect(copy(copier)).rejects.toThrow('ENOENT');
    expect(ends).toHaveLength(2);
    await copy(copier);
    await expectWhole();
  });

  test('another file under the name of the open one is noticed', async () => {
    history.bookReceipts(3);
    const copier = copierOf(1_000_000);
    await copy(copier);
    const [path = ''] = segments();
    const bytes = readFileSync(path);
    renameSync(path, `${path}.away`);
    writeFileSync(path, bytes);
    history.bookReceipts(1);
    await expect(copy(copier)).rejects.toThrow('was replaced');
    await copy(copier);
    await expectWhole();
  });

  test('the empty mount point of a drive that is not mounted gets no journal', async () => {
    const drive = mkdtempSync('/dev/shm/masala-drive-');
    try {
      // A link stands for the mount point: it leads to another device, then to an empty folder on the disk of the data.
      expect(statSync(drive).dev).not.toBe(statSync(dataDir).dev);
      rmSync(second, { recursive: true });
      symlinkSync(drive, second);
      history.bookReceipts(3);
      await copy(copierOf());
      rmSync(second);
      mkdirSync(second);
      await expect(copy(copierOf())).rejects.toThrow('is not mounted');
      expect(readdirSync(second)).toEqual([]);
      rmSync(second, { recursive: true });
      symlinkSync(drive, second);
      history.bookReceipts(3);
      await copy(copierOf());
      await expectWhole();
      expect(events()).not.toContain('journal.begun-anew');
    } finally {
      rmSync(drive, { recursive: true });
    }
  });

  test('two drives that take turns are each brought up to date', async () => {
    history.bookReceipts(3);
    await copy(copierOf());
    renameSync(second, `${second}-1`);
    mkdirSync(second);
    history.bookReceipts(3);
    await copy(copierOf());
    await expectWhole();
    renameSync(second, `${second}-2`);
    renameSync(`${second}-1`, second);
    history.bookReceipts(3);
    await copy(copierOf());
    await expectWhole();
  });
});

test('the journal of a second connection sees only what is committed', async () => {
  history.bookReceipts(2);
  const copier = copierOf();
  await copy(copier);
  const other = openForWriting(history.path);
  other.exec('BEGIN IMMEDIATE');
  other.exec(
    "INSERT INTO commands SELECT 99, 'x', device_id, user_id, method, at, outcome, digest, body, decided, decided_digest, answer, answer_digest, hash FROM commands LIMIT 1",
  );
  await copy(copier);
  other.exec('ROLLBACK');
  other.close();
  await expectWhole();
});
