// What the admin reads before a restore undoes something: from when on, and how much.
import type { JournalTold, RestorePointTold } from '@masala/protocol/control';
import type { BackupList } from './describe-backups.ts';
import { undoWarning } from './undo-warning.ts';

const NOW = Date.UTC(2026, 10, 21, 16, 0);
const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 21, hour, minute);

function point(id: string, lastCommandAt: number, lastSequence: number): RestorePointTold {
  return {
    ...{
      id,
      kind: 'snapshot',
      place: 'data',
      path: '',
      madeAt: lastCommandAt + 60_000,
      bytes: 1,
      databaseBytes: 1,
    },
    ...{ documents: 1, commands: lastSequence, epoch: 'one', lastSequence, lastCommandAt, state: 'verified' },
    problem: null,
  };
}

const backups: BackupList = {
  points: [point('late', at(15), 90), point('early', at(12), 50)],
  unreachable: [],
  journal: null,
  present: { epoch: 'one', lastSequence: 100 },
};
const journal: JournalTold = {
  folder: '/second',
  state: 'current',
  lastSequence: 100,
  lastAt: at(15, 30),
  lagCommands: 0,
  reason: null,
};

function warned(list: Partial<BackupList>, id: string | null, until: number | null): string | null {
  return undoWarning({ ...backups, ...list }, { id, until }, NOW, 'UTC');
}

test('a backup: what came after its newest command, counted, whatever the journal has', () => {
  expect(warned({}, 'early', null)).toContain('Everything booked after 12:00 (50 commands) will be gone');
  expect(warned({ journal }, 'early', null)).toContain('after 12:00 (50 commands)');
});

test('a moment: without a journal what came after the newest backup before it', () => {
  expect(warned({}, null, at(14, 35))).toContain('after 12:00 (50 commands)');
  expect(warned({}, null, at(15, 35))).toContain('after 15:00 (10 commands)');
  expect(warned({}, null, at(9))).toBe('Everything booked will be gone; the desktops offer it again.');
});

test('a moment that the journal reaches: what came after it, at most so much', () => {
  expect(warned({ journal }, null, at(14, 35))).toContain('after 14:35 (at most 50 commands)');
  expect(warned({ journal }, 'early', at(14, 35))).toContain('after 14:35 (at most 50 commands)');
  expect(warned({ journal }, null, at(15, 45))).toContain('after 15:30 (at most 10 commands)');
  expect(warned({ journal: { ...journal, state: 'unreachable' } }, null, at(14, 35))).toContain(
    'after 12:00',
  );
});

test('without numbers it is said without numbers', () => {
  const { present: _, ...unknown } = backups;
  expect(undoWarning(unknown, { id: 'early', until: null }, NOW, 'UTC')).toContain(
    'after 12:00 will be gone',
  );
  const other = { epoch: 'two', lastSequence: 10 };
  expect(warned({ present: other }, 'early', null)).toContain('after 12:00 will be gone');
});

test('a damaged backup is not what a restore begins from', () => {
  const [late, early] = backups.points as [RestorePointTold, RestorePointTold];
  expect(warned({ points: [{ ...late, state: 'damaged' }, early] }, null, at(15, 35))).toContain(
    'after 12:00',
  );
});
