// The page's end of the web host: what it tells of a host that refuses it, that is silent, or that is back.

import type { BridgeEvent } from '../../bridge/bridge.ts';
import { SESSION_KEY } from '../../bridge/browser-session.ts';
import { type BrowserSurroundings, connectBrowserBridge } from './browser-bridge.ts';

const session = JSON.stringify({ session: 's', facts: { kind: 'browser', platform: 'linux', version: '1' } });
const links = { status: null, client: 'ready' };
const stream = () => new Response(`${JSON.stringify({ type: 'links', links })}\n`);

/** Listens until `count` events came; answers each connection in turn, the last answer for ever. */
async function heard(count: number, answers: readonly (() => Response)[], kept: string | null = session) {
  const told: BridgeEvent[] = [];
  let asked = 0;
  const surroundings: BrowserSurroundings = {
    fetch: async () => (answers[Math.min(asked++, answers.length - 1)] ?? stream)(),
    storage: { getItem: (key) => (key === SESSION_KEY ? kept : null) },
  };
  await new Promise<void>((resolve) => {
    const stop = connectBrowserBridge(surroundings).listen((event) => {
      told.push(event);
      if (told.length < count) return;
      // Not from within the call that made it.
      queueMicrotask(() => {
        stop();
        resolve();
      });
    });
  });
  return { told, asked };
}

/** A host that takes connections and says nothing, until the page ends them. */
const silence: typeof fetch = (_, init) =>
  new Promise((_resolve, reject) =>
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
  );

test('a page that listens again at once still notices a host that is silent', async () => {
  import.meta.jest.useFakeTimers();
  try {
    const bridge = connectBrowserBridge({ fetch: silence, storage: { getItem: () => session } });
    bridge.listen(() => undefined)();
    const told: BridgeEvent[] = [];
    const stop = bridge.listen((event) => told.push(event));
    await import.meta.jest.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([{ type: 'links', links: lost }]);
    stop();
    expect(import.meta.jest.getTimerCount()).toBe(0);
  } finally {
    import.meta.jest.useRealTimers();
  }
});

const lost = { status: null, client: 'connecting' };

test('a page without a session, and one whose session ended, is told as signed out and asks no more', async () => {
  const signedOut = { type: 'links', links: { ...lost, shutOut: 'signed-out' } };
  expect(await heard(1, [], null)).toEqual({ told: [signedOut], asked: 0 });
  expect(await heard(1, [() => new Response(null, { status: 401 })])).toEqual({
    told: [signedOut],
    asked: 1,
  });
});

test('one page too many says so, tries again, and gets in when there is room', async () => {
  const { told, asked } = await heard(2, [() => new Response(null, { status: 429 }), stream]);
  expect(told).toEqual([
    { type: 'links', links: { ...lost, shutOut: 'too-many-pages' } },
    { type: 'links', links },
  ]);
  expect(asked).toBe(2);
});

test('a host that breaks off is told as lost, without a word of being shut out, and found again', async () => {
  const running = { status: { state: 'running' }, client: 'ready' };
  const first = () => new Response(`${JSON.stringify({ type: 'links', links: running })}\n`);
  const { told } = await heard(3, [first, stream]);
  expect(told).toEqual([
    { type: 'links', links: running },
    { type: 'links', links: lost },
    { type: 'links', links },
  ]);
});
