// Ages are told in the largest unit of which at least one is full.
import { ageInWords } from './age.ts';

test.each([
  [0, 'just now'],
  [59_999, 'just now'],
  [60_000, '1 minute ago'],
  [2 * 3_600_000 + 59 * 60_000, '2 hours ago'],
  [86_400_000, '1 day ago'],
  [40 * 86_400_000, '40 days ago'],
  [-1_000, 'just now'],
  [-120_000, 'in the future'],
])('%i ms are told as %s', (elapsedMs, words) => {
  expect(ageInWords(elapsedMs)).toBe(words);
});
