// The first run goes on where it was left, and writes what was chosen and nothing else.
import {
  freshDraft,
  nameProblem,
  needsRestart,
  readDraft,
  settingsOf,
  stepAfter,
  stepBefore,
} from './welcome-steps.ts';

test('it goes on where it was left', () => {
  const draft = { step: 'device', name: 'Mill', folder: '/mnt/usb' } as const;
  expect(readDraft(JSON.stringify(draft))).toEqual(draft);
});

test.each([null, '', 'nonsense', 'null', '[]', '{"step":"elsewhere","name":7}'])(
  'what cannot be read is a beginning: %s',
  (kept) => {
    expect(readDraft(kept)).toEqual(freshDraft);
  },
);

test('steps lead on and back, and not beyond their ends', () => {
  expect(stepAfter('name')).toBe('backups');
  expect(stepAfter('closing')).toBe('closing');
  expect(stepBefore('device')).toBe('backups');
  expect(stepBefore('name')).toBe('name');
});

test('skipping everything writes the name that the server has, and needs no restart', () => {
  expect(settingsOf(freshDraft, 'PC-7')).toEqual([{ name: 'server.name', value: 'PC-7' }]);
  expect(needsRestart(freshDraft, 'PC-7')).toBe(false);
  expect(needsRestart({ ...freshDraft, name: 'PC-7' }, 'PC-7')).toBe(false);
});

test('what was chosen is written, and takes a restart', () => {
  const draft = { ...freshDraft, name: 'Mill', folder: '/mnt/usb' };
  expect(settingsOf(draft, 'PC-7')).toEqual([
    { name: 'server.name', value: 'Mill' },
    { name: 'backup.secondFolder', value: '/mnt/usb' },
  ]);
  expect(needsRestart(draft, 'PC-7')).toBe(true);
});

test.each([
  ['Spice Mill', undefined],
  ['   ', 'Type a name, or skip this step.'],
  ['x'.repeat(61), 'At most 60 characters.'],
  [` ${'x'.repeat(60)} `, undefined],
])('a name is judged by the table of settings: %j', (name, problem) => {
  expect(nameProblem(name)).toBe(problem);
});
