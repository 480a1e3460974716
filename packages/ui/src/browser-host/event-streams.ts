// The pages' open event streams: one BridgeEvent a line, and a beat where nothing happens, so that both ends know of the other.

import type { ServerResponse } from 'node:http';
import type { BridgeEvent } from '../bridge/bridge.ts';
import { BEAT_LINE, BEAT_MS } from '../bridge/browser-session.ts';

/** Browsers allow six connections to one host: with four tabs there is still room for their questions. */
export const STREAMS_MAX = 4;

/** Unsent bytes for a page that does not read; it connects anew and gets the present state. */
const UNSENT_MAX_BYTES = 1024 * 1024;

type Listen = (listener: (event: BridgeEvent) => void) => () => void;

export class EventStreams {
  readonly #listen: Listen;
  readonly #open = new Set<ServerResponse>();

  /** `listen` is the desk's: hears events until the returned function is called. */
  constructor(listen: Listen) {
    this.#listen = listen;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Serves events as the answer until the page goes away; `onBeat` is called while it is there. */
  add(response: ServerResponse, headers: Readonly<Record<string, string>>, onBeat: () => void): void {
    response.writeHead(200, { ...headers, 'Content-Type': 'application/x-ndjson; charset=utf-8' });
    this.#open.add(response);
    const send = (line: string) => {
      if (response.writableLength > UNSENT_MAX_BYTES) response.destroy();
      else response.write(line);
    };
    const beat = setInterval(() => {
      onBeat();
      send(BEAT_LINE);
    }, BEAT_MS);
    const stop = this.#listen((event) => send(`${JSON.stringify(event)}\n`));
    response.once('close', () => {
      clearInterval(beat);
      stop();
      this.#open.delete(response);
    });
  }

  close(): void {
    for (const response of this.#open) response.destroy();
  }
}
