// Main's end of the bridge: what a message of the window is answered with, after its sender was looked at.

import { MasalaError } from '@masala/protocol/tables';
import type { BridgeEvent } from '../bridge/bridge.ts';
import { bridgeErrorOf } from '../host/bridge-error.ts';
import type { DoorAnswer } from './channels.ts';
import { isSenderTrusted, type Sender } from './decisions.ts';

/** What of the desk the bridge needs. */
export interface AskedDesk {
  ask(name: string, params: unknown): Promise<unknown>;
  listen(listener: (event: BridgeEvent) => void): () => void;
}

export type Log = (
  event: 'dashboard.fault' | 'dashboard.request.refused',
  fields: Readonly<Record<string, unknown>>,
) => void;

export class BridgeServer {
  readonly #desk: AskedDesk;
  readonly #log: Log;
  #unlisten: (() => void) | undefined;

  constructor(desk: AskedDesk, log: Log) {
    this.#desk = desk;
    this.#log = log;
  }

  /** Answers a request. Rejects, without a word of why, where the sender is not our page. */
  async answer(sender: Sender | null, message: unknown): Promise<DoorAnswer> {
    if (!this.#trusts(sender)) throw new Error('refused');
    try {
      return { result: await this.#ask(message) };
    } catch (error) {
      return {
        error: bridgeErrorOf(error, (fault, incidentId) =>
          this.#log('dashboard.fault', { incidentId, error: fault }),
        ),
      };
    }
  }

  /** A page that has just been loaded hears events from now on, in place of the one before it. */
  listen(sender: Sender | null, send: (event: BridgeEvent) => void): void {
    if (!this.#trusts(sender)) return;
    this.leave();
    this.#unlisten = this.#desk.listen(send);
  }

  /** The page is gone: nothing is sent any more. */
  leave(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #trusts(sender: Sender | null): boolean {
    const isTrusted = isSenderTrusted(sender);
    if (!isTrusted) this.#log('dashboard.request.refused', { address: sender?.address ?? null });
    return isTrusted;
  }

  async #ask(message: unknown): Promise<unknown> {
    if (typeof message !== 'object' || message === null || !('name' in message) || !('params' in message)) {
      throw new MasalaError('METHOD_UNKNOWN');
    }
    if (typeof message.name !== 'string') throw new MasalaError('METHOD_UNKNOWN');
    return await this.#desk.ask(message.name, message.params);
  }
}
