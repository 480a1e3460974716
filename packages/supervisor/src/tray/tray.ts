// The supervisor's side of the tray: keeps a tray host running and exchanges messages with it. Nothing that happens to the host,
// the helper, the display or D-Bus reaches the supervisor but as a log line.

import { type ChildProcess, fork } from 'node:child_process';
import type { Log } from '../log.ts';
import { trayObstacle } from './helper-file.ts';
import type { TrayLook } from './tray-look.ts';
import { type FromHost, fromHost, type ToHost } from './tray-messages.ts';
import { afterFall, newRevival, type Revival, type RevivalRules, revivalRules } from './tray-revival.ts';

export interface TrayRules extends RevivalRules {
  readonly pingIntervalMs: number;
  /** From the fork to `ready`. */
  readonly readyMaxMs: number;
}

export const trayRules: TrayRules = {
  ...revivalRules,
  /** A frozen icon harms nobody: three pings a minute are enough. */
  pingIntervalMs: 20_000,
  /** Longer than the host's own patience with its helper, which knows the reason better. */
  readyMaxMs: 30_000,
};

export interface TrayOptions {
  /** The absolute path of the tray host's program. */
  readonly program: string;
  /** Names the display and the bus. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly onOpen: () => void;
  readonly onExit: () => void;
  readonly rules?: TrayRules;
}

/** Pings in a row without an answer. Counted and not timed: a PC that slept answers after it woke up. */
const UNANSWERED_MAX = 3;
/** The host asks its helper to leave first. */
const CLOSE_MAX_MS = 2_000;
const STDERR_TAIL_CHARACTERS = 500;

export class Tray {
  readonly #options: TrayOptions;
  readonly #rules: TrayRules;
  #look: TrayLook | undefined;
  #revival: Revival = newRevival;
  #host: Host | undefined;
  #retry: NodeJS.Timeout | undefined;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(options: TrayOptions) {
    this.#options = options;
    this.#rules = options.rules ?? trayRules;
  }

  /** Shows the look, now and whenever the tray comes back. The first one brings the tray up. Never throws. */
  show(look: TrayLook): void {
    const isSame = look.colour === this.#look?.colour && look.tooltip === this.#look.tooltip;
    this.#look = look;
    if (this.#state === 'new') this.#open();
    else if (!isSame) this.#host?.send({ type: 'look', ...look });
  }

  /** Takes the icon away; settles when the host is gone, or was ended. Never rejects. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#retry);
    await this.#host?.close();
  }

  #open(): void {
    const obstacle = trayObstacle(process.platform, process.arch, this.#options.environment);
    if (obstacle !== null) {
      this.#state = 'closed';
      this.#options.log('tray.unavailable', { reason: obstacle });
      return;
    }
    this.#state = 'open';
    this.#startHost();
  }

  #startHost(): void {
    const { onOpen, onExit, log } = this.#options;
    try {
      this.#host = new Host({
        ...this.#options,
        rules: this.#rules,
        onReady: (trayHostPid, helperPid) => log('tray.ready', { trayHostPid, helperPid }),
        onChosen: (choice) => (choice === 'open' ? onOpen() : onExit()),
        onEnd: (reason, stoodMs) => this.#fell(reason, stoodMs),
      });
    } catch (error) {
      return this.#fell(String(error), 0); // the system has no pipe left for it
    }
    if (this.#look !== undefined) this.#host.send({ type: 'look', ...this.#look });
  }

  #fell(reason: string, stoodMs: number): void {
    this.#host = undefined;
    if (this.#state === 'closed') return;
    const { revival, delayMs, say } = afterFall(this.#revival, stoodMs, this.#rules);
    this.#revival = revival;
    if (say !== null) this.#options.log(say, { reason, nextTryMs: delayMs });
    this.#retry = setTimeout(() => this.#startHost(), delayMs).unref();
  }
}

interface HostOptions extends Pick<TrayOptions, 'program' | 'environment'> {
  readonly rules: TrayRules;
  readonly onReady: (hostPid: number, helperPid: number) => void;
  readonly onChosen: (choice: Extract<FromHost, { type: 'chosen' }>['choice']) => void;
  /** Once, whatever happened. `stoodMs`: how long it was ready. */
  readonly onEnd: (reason: string, stoodMs: number) => void;
}

/** One life of the tray host. */
class Host {
  readonly #options: HostOptions;
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<void>();
  readonly #ready: NodeJS.Timeout;
  #pings: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #readyAt: number | undefined;
  #reason: string | undefined;
  #stderrTail = '';
  #isOver = false;

  constructor(options: HostOptions) {
    this.#options = options;
    // A group of its own: ^C in our terminal is not for it, and one signal ends it together with its helper.
    this.#child = fork(options.program, [], {
      env: options.environment,
      execArgv: [],
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#ready = setTimeout(
      () => this.#kill('the tray host was not ready in time'),
      options.rules.readyMaxMs,
    );
    const child = this.#child;
    child.on('message', (message) => this.#hear(fromHost(message)));
    child.on('error', ({ message }) => (child.pid === undefined ? this.#over(message) : this.#kill(message)));
    child.once('exit', (code, signal) => this.#over(`the tray host ended with ${signal ?? code}`));
    child.stderr?.on('data', (chunk) => {
      this.#stderrTail = (this.#stderrTail + String(chunk)).slice(-STDERR_TAIL_CHARACTERS);
    });
    child.stderr?.on('error', () => undefined); // its exit says what there is to say
    this.#letGo();
  }

  send(message: ToHost): void {
    if (this.#isOver || !this.#child.connected) return;
    this.#child.send(message, () => undefined); // a message that is lost is found out by its exit or by the pings
  }

  async close(): Promise<void> {
    this.send({ type: 'exit' });
    const late = setTimeout(() => this.#kill('it did not leave'), CLOSE_MAX_MS);
    // One that waits for a device takes no signal, and holds nobody up either.
    const lost = setTimeout(() => this.#ended.resolve(), 2 * CLOSE_MAX_MS);
    await this.#ended.promise;
    for (const timer of [late, lost]) clearTimeout(timer);
  }

  /** The tray never keeps the supervisor alive. */
  #letGo(): void {
    this.#ready.unref();
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as (NodeJS.ReadableStream & { unref?: () => void }) | null)?.unref?.();
  }

  #hear(message: FromHost | null): void {
    if (this.#isOver) return;
    switch (message?.type) {
      case undefined:
        return this.#kill('the tray host said something that nobody understands');
      case 'pong':
        this.#unanswered = 0;
        return;
      case 'chosen':
        return this.#options.onChosen(message.choice);
      case 'failed':
        this.#reason = message.reason;
        return;
      case 'ready':
        return this.#becameReady(message.helperPid);
    }
  }

  #becameReady(helperPid: number): void {
    if (this.#readyAt !== undefined) return;
    this.#readyAt = performance.now();
    clearTimeout(this.#ready);
    this.#pings = setInterval(() => this.#ping(), this.#options.rules.pingIntervalMs).unref();
    this.#options.onReady(Number(this.#child.pid), helperPid);
  }

  #ping(): void {
    if (this.#unanswered >= UNANSWERED_MAX) return this.#kill('the tray host hung');
    this.#unanswered += 1;
    this.send({ type: 'ping' });
  }

  /** While its end is not seen, the pid is its own: nobody else can be hit. */
  #kill(reason: string): void {
    this.#reason ??= reason;
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL'); // the group is gone already, or the kernel refuses it
    }
  }

  #over(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#ready);
    clearInterval(this.#pings);
    const stoodMs = this.#readyAt === undefined ? 0 : performance.now() - this.#readyAt;
    const said = this.#stderrTail.trim();
    this.#ended.resolve();
    this.#options.onEnd(this.#reason ?? `${reason}${said === '' ? '' : `: ${said}`}`, stoodMs);
  }
}
