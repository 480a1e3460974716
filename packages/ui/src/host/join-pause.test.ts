import { limits } from '@masala/protocol/tables';
import { joinPauseMs } from './join-pause.ts';

test('the second try comes after a second; however long it fails, join codes are left for others', () => {
  expect(joinPauseMs(0)).toBe(1_000);
  expect(joinPauseMs(1)).toBe(1_000);
  expect(joinPauseMs(10_000)).toBe(60_000);
  const triedAt = [0];
  for (let codes = 1; codes <= 60; codes++) triedAt.push(Number(triedAt.at(-1)) + joinPauseMs(codes));
  const openAt = (now: number) =>
    triedAt.filter((at) => at <= now && now < at + limits.joinCodeLifetimeMs).length;
  expect(Math.max(...triedAt.map(openAt))).toBeLessThanOrEqual(10);
});
