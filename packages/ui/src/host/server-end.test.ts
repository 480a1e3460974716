import { hasServerEnded } from './server-end.ts';

const nothing = {
  isSilent: false,
  isStopWanted: false,
  isStopAnswered: false,
  isNobodyListening: false,
  isProcessAlive: false,
};
const silent = { ...nothing, isSilent: true, isStopWanted: true };

test('an answered stop, or processes that are gone, prove the end', () => {
  expect(hasServerEnded({ ...silent, isStopAnswered: true, isProcessAlive: true })).toBe(true);
  expect(hasServerEnded({ ...silent, isNobodyListening: true })).toBe(true);
});

test.each([
  ['silence', silent],
  [
    'a process that does not listen yet, or no more',
    { ...silent, isNobodyListening: true, isProcessAlive: true },
  ],
  ['one that is to run again', { ...silent, isStopWanted: false, isStopAnswered: true }],
  ['a killed one that will be started again', { ...silent, isStopWanted: false, isNobodyListening: true }],
  ['one that answers', { ...silent, isSilent: false, isStopAnswered: true }],
])('%s proves nothing', (_name, signs) => {
  expect(hasServerEnded(signs)).toBe(false);
});
