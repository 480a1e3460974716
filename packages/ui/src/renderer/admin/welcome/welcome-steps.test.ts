// The first run goes on where it was left, and writes what was chosen and nothing else.
import {
  answering,
  freshDraft,
  nameProblem,
  needsRestart,
  openStep,
  readDraft,
  settingsOf,
  stepAfter,
  stepBefore,
  typing,
} from './welcome-steps.ts';

test('it goes on where it was left', () => {
  const draft = { step: 'device', name: 'Mill', folder: '/mnt/usb', typed: { name: 'Mi' } } as const;
  expect(readDraft(JSON.stringify(draft))).toEqual(draft);
});

test.each([null, '', 'nonsense', 'null', '[]', '{"step":"elsewhere","name":7,"typed":{"name":7}}'])(
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

test('what is typed is kept beside what was chosen, and is open until it is continued with or skipped', () => {
  const chosen = answering(freshDraft, 'name', 'Mill');
  expect(openStep(chosen)).toBeUndefined();
  const open = typing(typing(chosen, 'name', 'Mill 2'), 'folder', '/mnt');
  expect(open).toMatchObject({ name: 'Mill', folder: '', typed: { name: 'Mill 2', folder: '/mnt' } });
  expect(openStep(open)).toBe('name');
  expect(openStep(answering(open, 'name', 'Mill 2'))).toBe('backups');
  expect(openStep(answering(answering(open, 'name', ''), 'folder', ''))).toBeUndefined();
  expect(openStep(typing(open, 'name', 'Mill'))).toBe('backups');
});

test('skipping never writes over a name that is in the file already', () => {
  expect(settingsOf(freshDraft, 'PC-7', true)).toEqual([]);
  expect(settingsOf({ ...freshDraft, name: 'Hall' }, 'PC-7', true)).toEqual([
    { name: 'server.name', value: 'Hall' },
  ]);
});

test('skipping everything writes the name that the server has, and needs no restart', () => {
  expect(settingsOf(freshDraft, 'PC-7', false)).toEqual([{ name: 'server.name', value: 'PC-7' }]);
  expect(needsRestart(freshDraft, 'PC-7')).toBe(false);
  expect(needsRestart({ ...freshDraft, name: 'PC-7' }, 'PC-7')).toBe(false);
});

test('what was chosen is written, and takes a restart', () => {
  const draft = { ...freshDraft, name: 'Mill', folder: '/mnt/usb' };
  expect(settingsOf(draft, 'PC-7', false)).toEqual([
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
