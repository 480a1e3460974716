// What each way of recovery asks of the server, and what it says before.
import type { RestorePointTold } from '../../../bridge/doors.ts';
import { createFormats } from '../../shared/formats.ts';
import { momentOf } from './moment.ts';
import { choiceWordsOf, requestOf } from './recovery-choice.ts';

const formats = createFormats('en-GB', 'UTC');
const NOW = Date.UTC(2026, 10, 21, 12);
const point = { id: 'p1', madeAt: NOW, documents: 2, state: 'unverified' } as RestorePointTold;

test('each choice is one request', () => {
  expect(requestOf({ action: 'newest', point })).toEqual({ door: 'control:recovery.restore', params: {} });
  expect(requestOf({ action: 'point', point })).toEqual({
    door: 'control:recovery.restore',
    params: { id: 'p1' },
  });
  expect(requestOf({ action: 'until', until: NOW }).params).toEqual({ until: NOW });
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
  expect(momentOf('2026-11-20T10:30', NOW)).toEqual({ until: minute + 59_999 });
  expect(momentOf('2099-01-01T00:00', NOW)).toHaveProperty('error');
  expect(momentOf('', NOW)).toHaveProperty('error');
  expect(momentOf('gibberish', NOW)).toHaveProperty('error');
});
