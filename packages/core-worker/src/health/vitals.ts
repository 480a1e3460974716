// What the core tells of its own load: for pongs, statuses and the terminal.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Listener } from '../rpc/listener.ts';
import type { Writer } from '../store/writer.ts';

/** A sample each 20 ms costs nothing measurable and sees every pause that a person could. */
const SAMPLE_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

export interface VitalSigns {
  readonly clients: number;
  /** Null until the core listens. */
  readonly port: number | null;
  readonly lastSequence: number;
  readonly queueDepth: number;
  readonly oldestCommandMs: number;
  /** The longest that the event loop was late since the last look. */
  readonly eventLoopLagMs: number;
}

export class Vitals {
  writer: Writer | undefined;
  listener: Listener | undefined;
  port: number | null = null;
  readonly #clientListeners = new Set<() => void>();
  readonly #delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });

  begin(): void {
    this.#delay.enable();
  }

  /** Hears whenever a client comes or goes. */
  onClients(listener: () => void): void {
    this.#clientListeners.add(listener);
  }

  clientsChanged(): void {
    for (const listener of this.#clientListeners) listener();
  }

  look(): VitalSigns {
    // The histogram counts each sample's whole distance; what is beyond the distance asked for is the lag.
    const lagMs = this.#delay.max / NANOSECONDS_PER_MS - SAMPLE_MS;
    this.#delay.reset();
    return {
      clients: this.listener?.clients ?? 0,
      port: this.port,
      lastSequence: this.writer?.lastSequence ?? 0,
      queueDepth: this.writer?.queueDepth ?? 0,
      oldestCommandMs: this.writer?.oldestCommandMs ?? 0,
      eventLoopLagMs: Math.max(0, Math.round(lagMs)),
    };
  }

  end(): void {
    this.#delay.disable();
  }
}
