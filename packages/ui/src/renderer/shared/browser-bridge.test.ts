// The page's end of the web host: what it tells of a host that refuses it, that is silent, or that is back.

import type { BridgeEvent } from '../../bridge/bridge.ts';
import { BEAT_MS, SESSION_KEY } from '../../bridge/browser-session.ts';
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

/** A host that takes a question, and says of it what it is told to, until the page gives the question up. */
function slowHost() {
  const host = { aborted: 0, say: (_text: string, _isAll = false): void => undefined };
  const send: typeof fetch = async (_, init) => {
    init?.signal?.throwIfAborted();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        host.say = (text, isAll = false) => {
          controller.enqueue(new TextEncoder().encode(text));
          if (isAll) controller.close();
        };
        init?.signal?.addEventListener('abort', () => {
          host.aborted++;
          controller.error(init.signal?.reason);
        });
      },
    });
    return new Response(body);
  };
  return { host, bridge: connectBrowserBridge({ fetch: send, storage: { getItem: () => session } }) };
}

describe('a question', () => {
  const { jest } = import.meta;
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test.each(['before its answer begins', 'after it began'])(
    'to a host that falls silent %s fails, and its connection is given up',
    async (when) => {
      const slow = slowHost();
      const bridge = connectBrowserBridge({ fetch: silence, storage: { getItem: () => session } });
      const asked = (when === 'after it began' ? slow.bridge : bridge).control('backup.now', {} as never);
      const failure = asked.catch((error: unknown) => error);
      if (when === 'after it began') {
        await jest.advanceTimersByTimeAsync(1);
        slow.host.say(' ');
      }
      await jest.advanceTimersByTimeAsync(20_000);
      expect(await failure).toMatchObject({ code: 'HOST_LOST' });
      expect(slow.host.aborted).toBe(when === 'after it began' ? 1 : 0);
    },
  );

  test('may take long as long as the host shows that it lives', async () => {
    const { host, bridge } = slowHost();
    const asked = bridge.control('backup.verify', {} as never);
    for (let minutes = 0; minutes < 10; minutes++) {
      for (let beats = 0; beats < 12; beats++) {
        await jest.advanceTimersByTimeAsync(BEAT_MS);
        host.say(' ');
      }
    }
    host.say('{ "result": "\u00e4\u00df" }', true);
    expect(await asked).toBe('äß');
  });

  test('that nobody waits for any more gives its connection back', async () => {
    const { host, bridge } = slowHost();
    const abort = new AbortController();
    const failure = bridge.control('status', {}, abort.signal).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1);
    abort.abort();
    expect(await failure).toMatchObject({ code: 'HOST_LOST' });
    expect(host.aborted).toBe(1);
    const late = bridge.control('status', {}, abort.signal).catch((error: unknown) => error);
    expect(await late).toMatchObject({ code: 'HOST_LOST' });
  });
});

test('a host that proved the end of the server and ends then, too, has still proved it', async () => {
  const proved = { status: null, client: 'connecting', hasEnded: true };
  const first = () => new Response(`${JSON.stringify({ type: 'links', links: proved })}\n`);
  const { told } = await heard(2, [first, () => new Response(null, { status: 429 })]);
  expect(told[1]).toEqual({ type: 'links', links: { ...proved, shutOut: 'too-many-pages' } });
});
