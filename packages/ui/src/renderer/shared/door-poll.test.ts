// A poll asks, rests and ends; the clock is fake, so that timers can be counted.
import { DoorPoll } from './door-poll.ts';

class FakeClock {
  readonly timers = new Map<number, () => void>();
  #next = 1;
  setTimeout(run: () => void): number {
    this.timers.set(this.#next, run);
    return this.#next++;
  }
  clearTimeout(timer: unknown): void {
    this.timers.delete(timer as number);
  }
  fire(): void {
    const due = [...this.timers.values()];
    this.timers.clear();
    for (const run of due) run();
  }
}

function pollOf(everyMs: number | null = 1_000) {
  const clock = new FakeClock();
  const asked: PromiseWithResolvers<number>[] = [];
  const poll = new DoorPoll<number>({
    everyMs,
    clock,
    ask: () => {
      const answer = Promise.withResolvers<number>();
      asked.push(answer);
      return answer.promise;
    },
  });
  const answer = async (value: number) => {
    asked.at(-1)?.resolve(value);
    await settled();
  };
  return { poll, clock, asked, answer };
}

/** All that waits for a promise has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('asks at once, and again after each answer', async () => {
  const { poll, clock, asked, answer } = pollOf();
  expect(poll.state()).toEqual({ data: undefined, error: undefined, isLoading: true });
  poll.wake();
  poll.wake();
  expect(asked.length).toBe(1);
  expect(clock.timers.size).toBe(0);
  await answer(7);
  expect(poll.state()).toEqual({ data: 7, error: undefined, isLoading: false });
  clock.fire();
  expect(asked.length).toBe(2);
});

test('without a period it asks only when it is told to', async () => {
  const { poll, clock, asked, answer } = pollOf(null);
  poll.wake();
  await answer(1);
  expect(clock.timers.size).toBe(0);
  poll.reload();
  expect(asked.length).toBe(2);
});

test('a failure keeps the last answer, says why, and is tried again', async () => {
  const { poll, clock, asked, answer } = pollOf();
  poll.wake();
  await answer(7);
  clock.fire();
  asked.at(-1)?.reject({ code: 'HOST_LOST', message: 'Gone.', hint: 'Wait.' });
  await settled();
  expect(poll.state()).toMatchObject({ data: 7, error: { code: 'HOST_LOST' } });
  clock.fire();
  await answer(8);
  expect(poll.state()).toEqual({ data: 8, error: undefined, isLoading: false });
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
  expect(clock.timers.size).toBe(1);
  poll.rest();
  expect(clock.timers.size).toBe(0);
  poll.reload();
  expect(asked.length).toBe(1);
  poll.wake();
  poll.rest();
  await answer(2);
  expect(poll.state().data).toBe(1);
  expect(clock.timers.size).toBe(0);
  expect(told).toBe(1);
  unsubscribe();
});

test('of two that are under way only the later one counts', async () => {
  const { poll, clock, asked } = pollOf();
  poll.wake();
  poll.reload();
  asked[1]?.resolve(2);
  asked[0]?.resolve(1);
  await settled();
  expect(poll.state().data).toBe(2);
  expect(clock.timers.size).toBe(1);
});
