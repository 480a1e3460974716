// What a page of the dashboard leaves behind when it is left: timers, listeners on what outlives it, observers, and heap.

import type { BrowserContext, CDPSession, Page } from 'playwright-core';

/**
 * Runs before the page's own scripts. Listeners are counted on window, document and media queries: what hangs on an element goes
 * with the element. Each thing is named by where it was made, so that a leak can be found.
 */
const COUNTER = `(() => {
  const timers = new Map();
  const listeners = new Map();
  const observed = new Map();
  const counts = { ticks: 0, requests: 0 };
  const origin = () => (new Error().stack ?? '').split('\\n').slice(3, 5).map((line) => line.trim()).join(' < ');

  const { setTimeout, clearTimeout, setInterval, clearInterval, fetch } = globalThis;
  globalThis.setTimeout = (run, delay, ...args) => {
    const timer = setTimeout(() => { timers.delete(timer); run(...args); }, delay);
    timers.set(timer, 'setTimeout ' + delay + ' ' + origin());
    return timer;
  };
  globalThis.setInterval = (run, delay, ...args) => {
    const timer = setInterval(() => { counts.ticks++; run(...args); }, delay);
    timers.set(timer, 'setInterval ' + delay + ' ' + origin());
    return timer;
  };
  globalThis.clearTimeout = (timer) => { timers.delete(timer); clearTimeout(timer); };
  globalThis.clearInterval = (timer) => { timers.delete(timer); clearInterval(timer); };
  globalThis.fetch = (url, ...rest) => {
    if (String(url) === '/door') counts.requests++;
    return fetch(url, ...rest);
  };

  const numbers = new WeakMap();
  let next = 0;
  const numberOf = (thing) => {
    if (!numbers.has(thing)) numbers.set(thing, ++next);
    return numbers.get(thing);
  };
  const outlives = (target) => target === window || target === document || target === document.documentElement
    || target === document.body || target instanceof MediaQueryList;
  const keyOf = (target, type, listener, options) =>
    [numberOf(target), type, numberOf(listener), Boolean(typeof options === 'object' ? options?.capture : options)].join();
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window;
    if (listener && outlives(target)) {
      const key = keyOf(target, type, listener, options);
      listeners.set(key, 'listener ' + type + ' ' + origin());
      options?.signal?.addEventListener('abort', () => listeners.delete(key));
      if (options?.once) addEventListener.call(target, type, () => listeners.delete(key), options);
    }
    return addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const target = this ?? window;
    if (listener && outlives(target)) listeners.delete(keyOf(target, type, listener, options));
    return removeEventListener.call(target, type, listener, options);
  };

  for (const name of ['ResizeObserver', 'MutationObserver', 'IntersectionObserver']) {
    const { observe, unobserve, disconnect } = globalThis[name].prototype;
    const of = (observer) => observed.get(observer) ?? new Map();
    globalThis[name].prototype.observe = function (target, ...rest) {
      observed.set(this, of(this).set(target, name + ' ' + origin()));
      return observe.call(this, target, ...rest);
    };
    if (unobserve) globalThis[name].prototype.unobserve = function (target) {
      of(this).delete(target);
      return unobserve.call(this, target);
    };
    globalThis[name].prototype.disconnect = function () {
      observed.delete(this);
      return disconnect.call(this);
    };
  }

  globalThis.leftovers = () => ({
    ...counts,
    alive: [
      ...timers.values(),
      ...listeners.values(),
      ...[...observed.values()].flatMap((targets) => [...targets.values()]),
    ],
  });
})()`;

export interface Leftovers {
  /** A line for each timer, listener and observed element: what it is, and where it was made. */
  readonly alive: readonly string[];
  /** Runs of intervals so far. */
  readonly ticks: number;
  /** What the page has asked the host for so far. */
  readonly requests: number;
}

/** Counts in every page of the context that is opened or loaded from now on. */
export async function countLeftovers(context: BrowserContext): Promise<void> {
  await context.addInitScript(COUNTER);
}

export async function leftoversOf(page: Page): Promise<Leftovers> {
  return (await page.evaluate('leftovers()')) as Leftovers;
}

/** What is in memory once everything that nobody reaches is gone. */
export interface PageMemory {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  /**
   * Objects, functions and arrays of the page's scripts. These alone tell a leak: the bytes also have the code that the browser
   * compiles the hotter it is, and what it keeps of every request for the debugger that looks.
   */
  readonly things: number;
}

export async function memoryOf(page: Page): Promise<PageMemory> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('HeapProfiler.enable');
    // What the first round frees lets go of more.
    for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
    return {
      heapBytes: metric('JSHeapUsedSize'),
      nodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      things: await thingsIn(session),
    };
  } finally {
    await session.detach();
  }
}

/** The part of a heap snapshot that is looked at. */
interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
    };
  };
  /** Field by field, node by node. */
  readonly nodes: readonly number[];
}

const THINGS: ReadonlySet<string | undefined> = new Set(['object', 'closure', 'array']);

async function thingsIn(session: CDPSession): Promise<number> {
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as HeapSnapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const typeAt = fields.indexOf('type');
  let things = 0;
  for (let node = 0; node < nodes.length; node += fields.length)
    if (THINGS.has(types[0][nodes[node + typeAt] ?? -1])) things++;
  return things;
}
