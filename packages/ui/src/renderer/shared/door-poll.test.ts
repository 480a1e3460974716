// A poll asks, rests and ends, in virtual time: no answer is lost however fast things change, and no two questions are under way.

import fc from 'fast-check';
import { DoorPoll, RETRY_FIRST_MS, RETRY_MAX_MS } from './door-poll.ts';
import { settled, TestingClock } from './testing-clock.ts';

const hostLost = { code: 'HOST_LOST', message: 'Gone.', hint: 'Wait.' };

function pollOf(everyMs: number | null = 1_000) {
  const clock = new TestingClock();
  const asked: PromiseWithResolvers<number>[] = [];
  const signals: AbortSignal[] = [];
  const poll = new DoorPoll<number>({
    everyMs,
    clock,
    ask: (signal) => {
      signals.push(signal);
      const answer = Promise.withResolvers<number>();
      asked.push(answer);
      return answer.promise;
    },
  });
  const answer = async (value: number) => {
    asked.at(-1)?.resolve(value);
    await settled();
  };
  const fail = async () => {
    asked.at(-1)?.reject(hostLost);
    await settled();
  };
  return { poll, clock, asked, signals, answer, fail };
}

test('asks at once, and again a while after each answer', async () => {
  const { poll, clock, asked, answer } = pollOf();
  expect(poll.state()).toMatchObject({ data: undefined, error: undefined, isLoading: true });
  poll.wake();
  poll.wake();
  expect(asked.length).toBe(1);
  expect(clock.waiting).toBe(0);
  await clock.pass(40);
  await answer(7);
  expect(poll.state()).toEqual({ data: 7, answeredAt: 40, error: undefined, isLoading: false });
  await clock.pass(999);
  expect(asked.length).toBe(1);
  await clock.pass(1);
  expect(asked.length).toBe(2);
});

test('without a period it asks only when it is told to', async () => {
  const { poll, clock, asked, answer } = pollOf(null);
  poll.wake();
  await answer(1);
  expect(clock.waiting).toBe(0);
  poll.reload();
  expect(asked.length).toBe(2);
});

test('a period that begins or ends counts from then on', async () => {
  const { poll, clock, asked, answer } = pollOf(null);
  poll.askEvery(500);
  expect(clock.waiting).toBe(0);
  poll.wake();
  poll.askEvery(300);
  await answer(1);
  await clock.pass(300);
  expect(asked.length).toBe(2);
  await answer(2);
  poll.askEvery(null);
  expect(clock.waiting).toBe(0);
  poll.askEvery(200);
  await clock.pass(200);
  expect(asked.length).toBe(3);
});

test('a failure keeps the last answer and its time, says why, and is tried again', async () => {
  const { poll, clock, answer, fail } = pollOf();
  poll.wake();
  await answer(7);
  await clock.pass(1_000);
  await fail();
  expect(poll.state()).toEqual({ data: 7, answeredAt: 0, error: hostLost, isLoading: false });
  await clock.pass(1_000);
  await answer(8);
  expect(poll.state()).toEqual({ data: 8, answeredAt: 2_000, error: undefined, isLoading: false });
});

test.each([null, 1_000])('tries again and again, ever more rarely, with a period of %s', async (everyMs) => {
  const { poll, clock, asked, answer, fail } = pollOf(everyMs);
  poll.wake();
  for (let waitMs = RETRY_FIRST_MS; waitMs < 4 * RETRY_MAX_MS; waitMs *= 2) {
    await fail();
    expect(poll.state().isLoading).toBe(false);
    const before = asked.length;
    await clock.pass(Math.min(waitMs, RETRY_MAX_MS) - 1);
    // What changes meanwhile is no reason to ask a server that fails more often; a person's wish is.
    poll.changed(10);
    expect(asked.length).toBe(before);
    await clock.pass(1);
    expect(asked.length).toBe(before + 1);
  }
  await fail();
  poll.reload();
  await answer(1);
  expect(clock.waiting).toBe(everyMs === null ? 0 : 1);
  poll.reload();
  await fail();
  await clock.pass(RETRY_FIRST_MS);
  await answer(2);
  expect(poll.state().data).toBe(2);
});

test('what is no BridgeError is told as a fault of the page', async () => {
  const { poll, asked } = pollOf();
  poll.wake();
  asked[0]?.reject(new TypeError('x is not a function'));
  await settled();
  expect(poll.state().error).toMatchObject({ code: 'INTERNAL', message: 'x is not a function' });
});

test('resting leaves no timer and takes no answer; waking asks anew', async () => {
  const { poll, clock, asked, answer } = pollOf();
  let told = 0;
  const unsubscribe = poll.subscribe(() => told++);
  poll.wake();
  await answer(1);
  expect(clock.waiting).toBe(1);
  poll.rest();
  expect(clock.waiting).toBe(0);
  poll.reload();
  poll.changed(10);
  poll.renew();
  expect([asked.length, clock.waiting]).toEqual([1, 0]);
  poll.wake();
  poll.changed(10);
  poll.rest();
  await answer(2);
  expect(poll.state().data).toBe(1);
  expect([asked.length, clock.waiting]).toEqual([2, 0]);
  expect(told).toBe(1);
  unsubscribe();
});

test('what is asked for while an answer is under way is asked once, after it', async () => {
  const { poll, asked, answer } = pollOf(null);
  poll.wake();
  poll.reload();
  poll.changed(10);
  poll.reload();
  expect(asked.length).toBe(1);
  await answer(1);
  expect(poll.state().data).toBe(1);
  expect(asked.length).toBe(2);
  await answer(2);
  expect(asked.length).toBe(2);
});

test('another situation is asked about at once; an older answer is shown until there is a newer one, an older failure is not', async () => {
  const { poll, clock, asked } = pollOf();
  poll.wake();
  poll.renew();
  poll.renew();
  expect(asked.length).toBe(3);
  asked[0]?.reject(hostLost);
  await settled();
  expect(poll.state().error).toBeUndefined();
  asked[1]?.resolve(1);
  await settled();
  expect(poll.state().data).toBe(1);
  asked[2]?.resolve(2);
  await settled();
  expect(poll.state().data).toBe(2);
  expect(clock.waiting).toBe(1);
  poll.renew();
  poll.renew();
  asked[4]?.resolve(4);
  asked[3]?.resolve(3);
  await settled();
  expect(poll.state().data).toBe(4);
});

test('a question that a newer one or a rest makes needless is given up', async () => {
  const { poll, signals, answer } = pollOf();
  const givenUp = () => signals.map(({ aborted }) => aborted);
  poll.wake();
  poll.reload();
  expect(givenUp()).toEqual([false]);
  poll.renew();
  expect(givenUp()).toEqual([true, false]);
  await answer(1);
  poll.reload();
  poll.rest();
  expect(givenUp().slice(2)).toEqual([true]);
  poll.wake();
  expect(givenUp().slice(3)).toEqual([false]);
  poll.rest();
});

test('however fast it changes, and however slow the answers: never two questions, never starved, and true in the end', async () => {
  const anyMs = (max: number) => fc.integer({ min: 0, max });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ afterMs: anyMs(400), how: fc.constantFrom('changed', 'reload') }), {
        maxLength: 60,
      }),
      fc.array(anyMs(3_000), { minLength: 1, maxLength: 8 }),
      anyMs(1_500),
      fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: null }),
      async (changes, latenciesMs, withinMs, everyMs) => {
        const clock = new TestingClock();
        let [world, asked, underWay, mostUnderWay] = [0, 0, 0, 0];
        const poll = new DoorPoll<number>({
          everyMs,
          clock,
          ask: async () => {
            mostUnderWay = Math.max(mostUnderWay, ++underWay);
            const seen = world;
            await clock.later(latenciesMs[asked++ % latenciesMs.length] ?? 0);
            underWay--;
            return seen;
          },
        });
        const [slowestMs, shownAt] = [Math.max(...latenciesMs), [0]];
        poll.subscribe(() => shownAt.push(clock.now()));
        poll.wake();
        for (const { afterMs, how } of changes) {
          await clock.pass(afterMs);
          world++;
          if (how === 'reload') poll.reload();
          else poll.changed(withinMs);
        }
        const quietAt = clock.now();
        // The one under way, the time to gather, and the one that sees everything.
        await clock.pass(2 * slowestMs + withinMs + 1);
        expect(poll.state().data).toBe(world);
        expect(mostUnderWay).toBe(1);
        if (everyMs === null) expect(asked).toBeLessThanOrEqual(changes.length + 1);
        // Between two pictures: the pause until the next change, the time to gather, and the answer.
        const pauses = shownAt.map((at, index) => at - (shownAt[index - 1] ?? 0));
        const whileItChanged = pauses.filter((_, index) => (shownAt[index] ?? 0) <= quietAt);
        for (const pauseMs of whileItChanged) expect(pauseMs).toBeLessThanOrEqual(slowestMs + withinMs + 400);
        poll.rest();
      },
    ),
    { numRuns: 200 },
  );
});
