// A list by pages keeps what its reader has loaded, shows what changes, and is never starved by changes; in virtual time.

import fc from 'fast-check';
import { type ListPage, PageList } from './page-list.ts';
import { settled, TestingClock } from './testing-clock.ts';

type Page = ListPage<number, number>;

const hostLost = { code: 'HOST_LOST', message: 'Lost.', hint: 'Wait.' };

/** A page of three of the world's numbers. */
function pageOf(world: readonly number[], after = Number.NEGATIVE_INFINITY): Page {
  const rows = world.filter((row) => row > after).slice(0, 3);
  const end = rows.at(-1) ?? after;
  return { rows, next: end < (world.at(-1) ?? end) ? end : null };
}

function listOf(world: { numbers: readonly number[] }, latencyMs: () => number = () => 10) {
  const clock = new TestingClock();
  const told = { asked: 0, underWay: 0, mostUnderWay: 0, isBroken: false };
  const list = new PageList<number, number>({
    clock,
    read: async (after) => {
      told.asked++;
      told.mostUnderWay = Math.max(told.mostUnderWay, ++told.underWay);
      const page = pageOf(world.numbers, after);
      await clock.later(latencyMs());
      told.underWay--;
      if (told.isBroken) throw hostLost;
      return page;
    },
  });
  return { list, clock, told, rows: () => list.state().data?.rows };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('pages are read one after the other until there is none', async () => {
  const { list, clock, rows } = listOf({ numbers: upTo(7) });
  expect(list.state().isLoading).toBe(true);
  list.wake();
  await clock.pass(10);
  list.readMore();
  await clock.pass(10);
  expect(rows()).toEqual(upTo(6));
  expect(list.state().data?.next).toBe(6);
  list.readMore();
  list.readMore();
  await clock.pass(10);
  expect(rows()).toEqual(upTo(7));
  list.readMore();
  await clock.pass(100);
  expect(rows()).toEqual(upTo(7));
});

test('it is read anew as far as it was read before, however far that was', async () => {
  const world = { numbers: upTo(2_000) };
  const { list, clock, rows } = listOf(world);
  list.wake();
  await clock.pass(10);
  while ((rows()?.length ?? 0) < 900) {
    list.readMore();
    await clock.pass(10);
  }
  world.numbers = [-1, 0, ...upTo(2_000)];
  list.changed();
  await clock.pass(2_000 + 300 * 10);
  expect(rows()?.slice(0, 3)).toEqual([-1, 0, 1]);
  expect(rows()?.length).toBe(900);
  world.numbers = upTo(5);
  list.reload();
  await clock.pass(20);
  expect(rows()).toEqual(upTo(5));
});

test('what is wanted while it is read anew is read on to', async () => {
  const { list, clock, rows, told } = listOf({ numbers: upTo(20) });
  list.wake();
  await clock.pass(10);
  list.reload();
  list.readMore();
  await clock.pass(20);
  expect(rows()).toEqual(upTo(6));
  expect(told.asked).toBe(3);
});

test('what was read stays when a page fails, and the page is tried again by itself', async () => {
  const { list, clock, rows, told } = listOf({ numbers: upTo(7) });
  list.wake();
  await clock.pass(10);
  told.isBroken = true;
  list.readMore();
  await clock.pass(10);
  expect(rows()).toEqual([1, 2, 3]);
  expect(list.state()).toMatchObject({ error: hostLost, answeredAt: 10 });
  told.isBroken = false;
  await clock.pass(1_010);
  expect(rows()).toEqual(upTo(6));
  expect(list.state().error).toBeUndefined();
});

test('resting ends a reading of many pages, and waking reads anew', async () => {
  const world = { numbers: upTo(30) };
  const { list, clock, rows, told } = listOf(world);
  list.wake();
  await clock.pass(10);
  for (let page = 0; page < 9; page++) {
    list.readMore();
    await clock.pass(10);
  }
  list.reload();
  const { asked } = told;
  list.rest();
  await clock.pass(10_000);
  expect(told.asked).toBe(asked);
  expect(clock.waiting).toBe(0);
  world.numbers = [0, ...upTo(30)];
  list.wake();
  await clock.pass(200);
  expect(rows()).toEqual([0, ...upTo(29)]);
});

test('who has read far leaves the server alone for most of the time', async () => {
  const { list, clock, told } = listOf({ numbers: upTo(600) }, () => 20);
  list.wake();
  await clock.pass(20);
  while (list.state().data?.next !== null) {
    list.readMore();
    await clock.pass(20);
  }
  const { asked } = told;
  for (let second = 0; second < 600; second++) {
    list.changed();
    await clock.pass(1_000);
  }
  const busyMs = (told.asked - asked) * 20;
  expect(busyMs).toBeGreaterThan(0.1 * 600_000);
  expect(busyMs).toBeLessThan(0.3 * 600_000);
});

test('under bookings faster than answers: never two questions, no row lost, always newer pictures, and true in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          afterMs: fc.integer({ min: 0, max: 300 }),
          what: fc.constantFrom('book', 'book', 'book', 'scroll'),
          at: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { maxLength: 60 },
      ),
      fc.integer({ min: 1, max: 900 }),
      async (steps, latencyMs) => {
        const world: { numbers: readonly number[] } = { numbers: upTo(12) };
        const { list, clock, told, rows } = listOf(world, () => latencyMs);
        let [most, shownAt] = [0, 0];
        const starvedMs: number[] = [];
        list.subscribe(() => {
          const shown = rows() ?? [];
          expect(shown).toEqual([...new Set(shown)].toSorted((left, right) => left - right));
          // Nothing is ever taken away here: what the reader had loaded stays.
          expect(shown.length).toBeGreaterThanOrEqual(most);
          most = shown.length;
          starvedMs.push(clock.now() - shownAt);
          shownAt = clock.now();
        });
        list.wake();
        for (const { afterMs, what, at } of steps) {
          await clock.pass(afterMs);
          if (what === 'scroll') {
            list.readMore();
            continue;
          }
          world.numbers = [...new Set([...world.numbers, 1 + at * 11])].toSorted(
            (left, right) => left - right,
          );
          list.changed();
        }
        const lastReadMs = () => ((rows()?.length ?? 0) / 3 + 2) * latencyMs;
        const patienceMs = 30_000 + 3 * lastReadMs();
        for (const pauseMs of starvedMs) expect(pauseMs).toBeLessThanOrEqual(patienceMs);
        await clock.pass(2 * patienceMs);
        await settled();
        expect(told.mostUnderWay).toBeLessThanOrEqual(1);
        const final = rows() ?? [];
        expect(final).toEqual(world.numbers.slice(0, final.length));
        expect(final.length).toBeGreaterThanOrEqual(most);
        list.rest();
      },
    ),
    { numRuns: 100 },
  );
});
