// The page's end of the web host: requests by POST, events from one stream that is opened again whenever it breaks.

import type { Bridge, BridgeError, BridgeEvent, DeskLinks, HostFacts } from '../../bridge/bridge.ts';
import {
  BEAT_MS,
  type DoorAnswer,
  type KeptSession,
  SESSION_HEADER,
  SESSION_KEY,
  signInNeeded,
} from '../../bridge/browser-session.ts';
import { everywhere } from './texts/everywhere.ts';

/** The first try after a loss comes soon, since mostly the host is well; then so rarely that it costs nothing. */
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5_000;

/** Two signs of life missed, and some time for a PC that is busy. How long a door may take is the host's affair: see desk.ts. */
const SILENCE_MAX_MS = 2 * BEAT_MS + 2_000;

const noLinks: DeskLinks = { status: null, client: 'connecting' };

const hostLost: BridgeError = { code: 'HOST_LOST', ...everywhere.failures.hostLost };
/** What the bridge takes from its surroundings; the page's own by default. */
export interface BrowserSurroundings {
  readonly fetch: typeof fetch;
  readonly storage: Pick<Storage, 'getItem'>;
}

/** The bridge of a page that the web host serves. */
export function connectBrowserBridge(
  surroundings: BrowserSurroundings = { fetch: (...given) => fetch(...given), storage: sessionStorage },
): Bridge {
  const kept = readSession(surroundings.storage);
  const ask = (name: string, params: unknown, signal: AbortSignal | undefined) =>
    askHost(surroundings.fetch, kept, { name, params }, signal);
  const stream = new EventStream(surroundings.fetch, kept);
  return {
    facts: kept?.facts ?? unknownHost,
    control: (method, params, signal) => ask(`control:${method}`, params, signal) as never,
    client: (method, params, signal) => ask(`client:${method}`, params, signal) as never,
    host: (method, params, signal) => ask(`host:${method}`, params, signal) as never,
    listen: (listener) => stream.listen(listener),
  };
}

const unknownHost: HostFacts = { kind: 'browser', platform: 'linux', version: '' };

function readSession(storage: Pick<Storage, 'getItem'>): KeptSession | undefined {
  try {
    const text = storage.getItem(SESSION_KEY);
    return text === null ? undefined : (JSON.parse(text) as KeptSession);
  } catch {
    return undefined; // a browser that keeps nothing, or something else under our name: signed out, either way
  }
}

interface Question {
  readonly name: string;
  readonly params: unknown;
}

/** Rejects with HOST_LOST also where the host is silent for too long: one that hangs takes questions and owes the answers. */
async function askHost(
  send: typeof fetch,
  kept: KeptSession | undefined,
  question: Question,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (kept === undefined) throw signInNeeded;
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  if (signal?.aborted) giveUp();
  signal?.addEventListener('abort', giveUp);
  const answer = await readAnswer(send, kept.session, question, abort).catch(() => undefined);
  signal?.removeEventListener('abort', giveUp);
  if (answer === undefined) throw hostLost;
  if ('error' in answer) throw answer.error;
  return answer.result;
}

async function readAnswer(
  send: typeof fetch,
  session: string,
  question: Question,
  abort: AbortController,
): Promise<DoorAnswer> {
  let timer = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
  try {
    const response = await send('/door', {
      method: 'POST',
      headers: { 'content-type': 'application/json', [SESSION_HEADER]: session },
      body: JSON.stringify(question),
      signal: abort.signal,
    });
    if (response.body === null) throw hostLost;
    let text = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return JSON.parse(text) as DoorAnswer;
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
      text += value;
    }
  } finally {
    clearTimeout(timer);
  }
}

type Listener = (event: BridgeEvent) => void;

/** One connection for all listeners, open as long as there is one. */
class EventStream {
  readonly #send: typeof fetch;
  readonly #kept: KeptSession | undefined;
  readonly #listeners = new Set<Listener>();
  /** Undefined until the host, or its silence, has told. */
  #links: DeskLinks | undefined;
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = RETRY_FIRST_MS;

  constructor(send: typeof fetch, kept: KeptSession | undefined) {
    this.#send = send;
    this.#kept = kept;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#links !== undefined) listener({ type: 'links', links: this.#links });
    if (this.#listeners.size === 1) void this.#connect();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = undefined;
    this.#links = undefined;
  }

  async #connect(): Promise<void> {
    if (this.#kept === undefined) return this.#lose('signed-out');
    const abort = new AbortController();
    this.#abort = abort;
    const shutOut = await this.#read(abort, this.#kept.session).catch(() => undefined);
    // The timer belongs to the newer connection then.
    if (this.#abort !== abort) return;
    clearTimeout(this.#timer);
    this.#lose(shutOut);
    // Nobody signs this page in again but a person; one page too many gets in when another was closed.
    if (shutOut === 'signed-out') return;
    this.#timer = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MAX_MS);
  }

  #lose(shutOut: DeskLinks['shutOut']): void {
    if (this.#links?.status === null && this.#links.shutOut === shutOut) return;
    // A host ends itself after it has proved the end of the server, which stays true then.
    const { ownDeviceId, hasEnded } = this.#links ?? {};
    this.#tell({
      type: 'links',
      links: {
        ...noLinks,
        ...(ownDeviceId !== undefined && { ownDeviceId }),
        ...(hasEnded && { hasEnded }),
        ...(shutOut !== undefined && { shutOut }),
      },
    });
  }

  /** Reads until the stream breaks. Gives why the host refused it, where it did. */
  async #read(abort: AbortController, session: string): Promise<DeskLinks['shutOut']> {
    this.#expectLine(abort);
    const response = await this.#send('/events', {
      headers: { [SESSION_HEADER]: session },
      signal: abort.signal,
    });
    if (response.status === 401) return 'signed-out';
    if (response.status === 429) return 'too-many-pages';
    if (!response.ok || response.body === null) return undefined;
    let rest = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      // What was read already may come after the end.
      if (done || abort.signal.aborted) return undefined;
      this.#expectLine(abort);
      this.#retryMs = RETRY_FIRST_MS;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(JSON.parse(line) as BridgeEvent | { readonly type: 'beat' });
    }
  }

  #expectLine(abort: AbortController): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
  }

  #take(event: BridgeEvent | { readonly type: 'beat' }): void {
    if (event.type !== 'beat') this.#tell(event);
  }

  #tell(event: BridgeEvent): void {
    if (event.type === 'links') this.#links = event.links;
    for (const listener of this.#listeners) listener(event);
  }
}
