// What each way of recovery asks of the server, and what it says before.
import type { RestorePointTold } from '../../../bridge/doors.ts';
import { createFormats } from '../../shared/formats.ts';
import { momentOf, untilProblem } from './moment.ts';
import { choiceWordsOf, requestOf } from './recovery-choice.ts';

const formats = createFormats('en-GB', 'UTC');
const NOW = Date.UTC(2026, 10, 21, 12);
const point = {
  id: 'p1',
  madeAt: NOW,
  documents: 2,
  lastSequence: 7,
  state: 'unverified',
} as RestorePointTold;

test('each choice is one request', () => {
  // The backup that was on the screen, also where a newer one has been found since.
  for (const action of ['newest', 'point'] as const)
    expect(requestOf({ action, point })).toEqual({
      door: 'control:recovery.restore',
      params: { id: 'p1', shown: { point: { id: 'p1', lastSequence: 7 } } },
    });
  expect(requestOf({ action: 'until', until: NOW }).params).toEqual({ until: NOW, shown: {} });
  expect(requestOf({ action: 'salvage' }).door).toBe('control:recovery.salvage');
  expect(requestOf({ action: 'fresh' }).door).toBe('control:recovery.fresh');
});

test('it says which state and what it has; only an empty database is dangerous', () => {
  const words = choiceWordsOf({ action: 'point', point }, formats);
  expect(words.title).toContain('21 Nov 2026');
  expect(words.paragraphs.length).toBe(2);
  expect(words.paragraphs[0]).toContain('2 documents');
  expect(words.isDanger).toBe(false);
  expect(choiceWordsOf({ action: 'fresh' }, formats).isDanger).toBe(true);
});

test('a moment is the whole minute, in the past, and must be given', () => {
  const minute = new Date('2026-11-20T10:30').getTime();
  expect(momentOf('2026-11-20T10:30', NOW)).toBe(minute + 59_999);
  expect(untilProblem('2026-11-20T10:30', NOW)).toBeUndefined();
  for (const wrong of ['2099-01-01T00:00', '', 'gibberish'])
    expect(untilProblem(wrong, NOW)).toEqual(expect.any(String));
});
