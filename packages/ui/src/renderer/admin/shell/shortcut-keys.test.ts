// The keys: `?`, and `g` with a letter, and nothing while somebody types.
import { type KeyPress, type ShortcutState, shortcutStep } from './shortcut-keys.ts';

const pages = [
  { path: '/', key: 'd' },
  { path: '/logs', key: 'l' },
];

function meaningsOf(presses: readonly (Partial<KeyPress> & { readonly key: string })[]) {
  let state: ShortcutState = { prefixAt: null };
  return presses.map((press) => {
    const step = shortcutStep(state, { hasModifier: false, isTaken: false, atMs: 0, ...press }, pages);
    state = step.state;
    return step.meaning;
  });
}

test('`?` shows the list', () => {
  expect(meaningsOf([{ key: '?' }])).toEqual([{ kind: 'help' }]);
});

test('`g` waits a moment for its letter', () => {
  expect(meaningsOf([{ key: 'g' }, { key: 'l', atMs: 400 }])).toEqual([null, { kind: 'go', path: '/logs' }]);
  expect(meaningsOf([{ key: 'g' }, { key: 'l', atMs: 2_000 }])).toEqual([null, null]);
  expect(meaningsOf([{ key: 'g' }, { key: 'x' }, { key: 'l' }])).toEqual([null, null, null]);
  expect(meaningsOf([{ key: 'g' }, { key: 'g' }, { key: 'd' }])).toEqual([
    null,
    null,
    { kind: 'go', path: '/' },
  ]);
  expect(meaningsOf([{ key: 'l' }])).toEqual([null]);
});

test('a key that is meant for a field, or comes with a modifier, is none', () => {
  expect(
    meaningsOf([
      { key: '?', isTaken: true },
      { key: '?', hasModifier: true },
    ]),
  ).toEqual([null, null]);
  expect(meaningsOf([{ key: 'g' }, { key: 'l', isTaken: true }, { key: 'l' }])).toEqual([null, null, null]);
});
