import { Refusals } from './refusals.ts';

test('a page that sends requests without end gets a line a minute, which says how many they were', () => {
  const refusals = new Refusals();
  expect(refusals.count(1_000)).toBe(1);
  for (let request = 0; request < 5_000; request++) expect(refusals.count(2_000)).toBeNull();
  expect(refusals.count(60_999)).toBeNull();
  expect(refusals.count(61_000)).toBe(5_002);
  expect(refusals.count(200_000)).toBe(1);
});
