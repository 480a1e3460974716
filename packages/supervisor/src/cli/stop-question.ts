// What a person at the terminal is asked before a stop, and sees while it goes on.

import type { ControlConnection, ServerStatus, SupervisorControl } from '@masala/protocol/control';
import { counted, texts } from '../texts.ts';
import { type Console, confirm, isAttended, processConsole } from './confirm.ts';
import type { Terminal } from './live-status.ts';

/** "4 clients are connected. Are you sure?"; null where nobody would notice. */
export function stopQuestion({ clients, stopping }: ServerStatus): string | null {
  if (clients === 0 || stopping !== null) return null;
  return texts.stop.question(clients);
}

/** Asks where somebody is there to answer; a script goes on as ever. The status is asked for only then. */
export async function agreeToStop(
  status: () => Promise<ServerStatus>,
  console: Console = processConsole,
): Promise<boolean> {
  if (!isAttended(console)) return true;
  const question = stopQuestion(await status());
  if (question === null || (await confirm(console, question))) return true;
  console.output.write(`${texts.stop.refused}\n`);
  return false;
}

/** How far the ordered stop is; empty where there is none. `now` is UTC ms. */
export function stoppingInWords({ stopping }: ServerStatus, now: number): string {
  if (stopping === null) return '';
  const { pending, forcedAt } = stopping;
  const seconds = Math.max(0, Math.ceil((forcedAt - now) / 1_000));
  const work = pending === 0 ? 'closing' : `${counted.saves(pending)} to finish`;
  return `Stopping: ${work}; forced in ${seconds} s`;
}

/** The clock of a countdown. */
const REDRAW_MS = 500;

/** One line of a terminal that follows the ordered stop; silent elsewhere. */
export class StopLine {
  readonly #terminal: Terminal;
  readonly #timer: NodeJS.Timeout;
  #status: ServerStatus | null = null;
  #shown = '';

  private constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  /** Follows what the supervisor tells on this connection, until `end`. */
  static async follow(
    connection: ControlConnection<SupervisorControl>,
    terminal: Terminal,
  ): Promise<StopLine> {
    const line = new StopLine(terminal);
    if (terminal.isTTY !== true) return line;
    connection.onEvent('status.changed', (status) => line.#heard(status));
    // Without its word there is no line; the stop goes on all the same.
    line.#status = await connection.call('watch', {}).catch(() => null);
    return line;
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.#timer);
    this.#status = null;
    this.#draw();
  }

  #heard(status: ServerStatus): void {
    this.#status = status;
    this.#draw();
  }

  #draw(): void {
    const text = this.#status === null ? '' : stoppingInWords(this.#status, Date.now());
    if (text === this.#shown) return;
    this.#shown = text;
    const width = this.#terminal.columns || 80; // 0 in a terminal that does not know its size
    this.#terminal.write(`\r\u001b[K${text.slice(0, width - 1)}`);
  }
}
