// What the tiles say of backups and drives, and when they warn.
import type { DoorResult, RestorePointTold } from '../../../bridge/doors.ts';
import { createFormats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { cardStateOf } from './card-state.ts';
import { backupTileOf, driveWordsOf, namesOf, tileOf } from './tile-words.ts';

const words = texts.dashboard.tiles;
const formats = createFormats('en-GB', 'UTC');
const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE_MS = 60_000;
const MEBIBYTE = 1024 * 1024;

function point(state: RestorePointTold['state'], ageMs: number): RestorePointTold {
  return {
    id: state,
    kind: 'snapshot',
    place: 'data',
    path: '/b',
    madeAt: NOW - ageMs,
    bytes: 1,
    databaseBytes: 1,
    documents: 1,
    commands: 1,
    epoch: 'e',
    lastSequence: 1,
    lastCommandAt: null,
    state,
    problem: null,
  };
}

function tile(points: RestorePointTold[], nextAt?: number | null) {
  const list: DoorResult<'control:backup.list'> = {
    points,
    unreachable: [],
    journal: null,
    ...(nextAt === undefined ? {} : { nextAt }),
  };
  return backupTileOf(list, NOW, formats);
}

test('the newest backup: its age, whether it was proved, and when the next comes', () => {
  const next = NOW + 3 * MINUTE_MS;
  expect(tile([point('verified', 4 * MINUTE_MS)], next)).toEqual({
    value: '4 minutes ago',
    note: 'Verified, next in 3 minutes',
    tone: 'good',
  });
  expect(tile([point('unverified', 0)], NOW + 1_000)).toMatchObject({ value: 'just now', tone: 'neutral' });
  expect(tile([point('verified', 0)], NOW - 1).note).toBe(`${words.states.verified}, ${words.nextDue}`);
  expect(tile([point('verified', 0)]).note).toBe(words.states.verified);
});

test('a damaged one is none; paused backups warn', () => {
  const list = [point('damaged', MINUTE_MS), point('verified', 5 * MINUTE_MS)];
  expect(tile(list, NOW)).toMatchObject({ value: '5 minutes ago', tone: 'good' });
  expect(tile([point('damaged', MINUTE_MS)], NOW)).toEqual({
    value: words.backupNoneGood,
    note: words.damaged(1),
    tone: 'bad',
  });
  expect(tile(list, null)).toMatchObject({ tone: 'warn', note: `${words.states.verified}, ${words.paused}` });
  expect(tile([], NOW)).toEqual({ value: words.backupNone, note: words.backupNoneNote, tone: 'warn' });
});

test('a drive warns at the thresholds of the server', () => {
  const thresholds = { lowBytes: 500 * MEBIBYTE, criticalBytes: 100 * MEBIBYTE };
  const drive = (freeMegabytes: number | null) =>
    driveWordsOf(
      {
        folder: '/',
        freeBytes: freeMegabytes === null ? null : freeMegabytes * MEBIBYTE,
        totalBytes: 1_000 * MEBIBYTE,
      },
      thresholds,
      formats,
    );
  expect(drive(500)).toEqual({ usedShare: 0.5, tone: 'neutral', words: '500 MB free of 1,000 MB' });
  expect(drive(499).tone).toBe('warn');
  expect(drive(99).tone).toBe('bad');
  expect(drive(null)).toEqual({ usedShare: null, tone: 'bad', words: words.driveUnknown });
});

test('a tile waits, says why it has no figure, or shows it', () => {
  const asked = { data: undefined, answeredAt: undefined, error: undefined, isLoading: true };
  const error = { code: 'INTERNAL', message: 'It broke.', hint: 'Try again.' } as const;
  const told = (data: string) => ({ value: data, note: '', tone: 'good' }) as const;
  expect(tileOf(cardStateOf<string>(asked, null, false), told)).toBeNull();
  expect(tileOf(cardStateOf<string>({ ...asked, error }, null, false), told)).toEqual({
    value: words.notMeasured,
    note: 'It broke. Try again.',
    tone: 'warn',
  });
  expect(tileOf(cardStateOf({ ...asked, data: '4' }, 'not-running', false), told)?.value).toBe(
    words.notMeasured,
  );
  expect(tileOf(cardStateOf({ ...asked, data: '4' }, null, false), told)?.value).toBe('4');
});

test('who is connected: each device once, those that saved last first, and how many more', () => {
  const client = (device: string, lastSaveAt: number | null) => ({ device, lastSaveAt });
  expect(namesOf([client('Office', null), client('Goods-in', 9), client('Goods-in', 8)], formats)).toBe(
    'Goods-in and Office',
  );
  const many = ['A', 'B', 'C', 'D', 'E'].map((name, index) => client(name, 9 - index));
  expect(namesOf(many.slice(0, 4), formats)).toBe('A, B, C and D');
  expect(namesOf(many, formats)).toBe('A, B, C and 2 more');
});
