// The tray host: a program of its own between the supervisor and the tray's native helper. It may die at any instruction; the
// only file that imports systray2.
//
// Whatever goes wrong here ends the process with one last word. Nothing is healed in here: the supervisor starts another.

import type { ChildProcess } from 'node:child_process';
import systray, { type Menu, type MenuItem } from 'systray2';
import { helperFolder, prepareHelper } from './helper-file.ts';
import { iconFile } from './icon-file.ts';
import type { FromHost, MenuChoice, ToHost } from './tray-messages.ts';

/** GTK on a machine that has just booted takes seconds; systray2 itself would wait for ever. */
const READY_MAX_MS = 15_000;
/** Between two looks for the helper's process, which systray2 starts when it gets to it. */
const LOOK_MS = 5;
/** The helper leaves a moment after it was asked. */
const LEAVE_MAX_MS = 1_000;
/** Some looks of 4 KiB each that the helper did not read: it hangs. */
const UNREAD_MAX_BYTES = 64 * 1024;
const STDERR_TAIL_CHARACTERS = 500;

type Look = Extract<ToHost, { type: 'look' }>;

/** Runs the host: in a forked process only. `folder` has the helper in `traybin/`. */
export function runTrayHost(folder: string): void {
  const host = new TrayHost(folder);
  process.on('uncaughtException', (error) => host.fail(error));
  process.on('message', (message: ToHost) => host.hear(message));
  // The supervisor is gone, however: an icon without a server would lie.
  process.on('disconnect', () => host.leave(0));
}

class TrayHost {
  readonly #folder: string;
  readonly #items: Readonly<Record<MenuChoice, MenuItem>> = {
    open: { title: 'Open Dashboard', tooltip: 'Shows the dashboard', enabled: true },
    exit: { title: 'Exit Server', tooltip: 'Asks, then stops the server', enabled: true },
  };
  #tray: InstanceType<typeof systray.default> | undefined;
  #helper: ChildProcess | null = null;
  #isReady = false;
  #isLeaving = false;
  #stderrTail = '';
  #look: Look | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  hear(message: ToHost): void {
    if (message.type === 'ping') return this.#say({ type: 'pong' });
    if (message.type === 'exit') return this.#exit();
    this.#look = message;
    if (this.#tray === undefined) void this.#begin(message).catch((error: unknown) => this.fail(error));
    else if (this.#isReady) void this.#redraw(message);
  }

  fail(error: unknown): void {
    if (this.#isLeaving) return;
    const said = this.#stderrTail.trim();
    const reason = `${error instanceof Error ? error.message : String(error)}${said === '' ? '' : `: ${said}`}`;
    this.#say({ type: 'failed', reason }, () => this.leave(1));
    setTimeout(() => this.leave(1), LEAVE_MAX_MS); // a supervisor that reads nothing
  }

  /** systray2's own `kill` ends the process or never settles: the helper is ended by its signal. */
  leave(exitCode: number): void {
    this.#isLeaving = true;
    this.#helper?.kill('SIGKILL');
    process.exit(exitCode);
  }

  async #begin(look: Look): Promise<void> {
    prepareHelper(this.#folder, process.platform);
    // systray2 starts ./traybin/… of the current folder first, whoever put it there.
    process.chdir(this.#folder);
    this.#tray = new systray.default({ menu: this.#menuOf(look) });
    const late = setTimeout(
      () => this.fail(`the tray helper was not ready in ${READY_MAX_MS} ms`),
      READY_MAX_MS,
    );
    void this.#watchHelper(this.#tray);
    await this.#tray.ready();
    clearTimeout(late);
    await this.#tray.onClick(({ item }) => this.#clicked(item.title));
    this.#isReady = true;
    this.#say({ type: 'ready', helperPid: Number(this.#tray.process.pid) });
    if (this.#look !== undefined && this.#look !== look) await this.#redraw(this.#look);
  }

  /** Before it is ready, too: a helper without a display ends, and `ready()` would never tell. */
  async #watchHelper(tray: InstanceType<typeof systray.default>): Promise<void> {
    while (tray.process === null) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const helper = tray.process;
    this.#helper = helper;
    helper.once('exit', (code, signal) => {
      if (this.#isLeaving) process.exit(0);
      this.fail(`the tray helper ended with ${signal ?? code}`);
    });
    helper.stdin?.on('error', (error) => this.fail(error));
    // Read on, too: GTK's warnings would fill the pipe, and the helper would hang in its next one.
    helper.stderr?.on('data', (chunk) => {
      this.#stderrTail = (this.#stderrTail + String(chunk)).slice(-STDERR_TAIL_CHARACTERS);
    });
  }

  async #redraw(look: Look): Promise<void> {
    if ((this.#helper?.stdin?.writableLength ?? 0) > UNREAD_MAX_BYTES)
      return this.fail('the tray helper reads nothing');
    await this.#tray?.sendAction({ type: 'update-menu', menu: this.#menuOf(look) });
  }

  #menuOf({ colour, tooltip }: Look): Menu {
    const icon = iconFile(colour, process.platform).toString('base64');
    return { icon, title: '', tooltip, items: [this.#items.open, this.#items.exit] };
  }

  #clicked(title: string): void {
    const choice = (['open', 'exit'] as const).find((one) => this.#items[one].title === title);
    if (choice !== undefined) this.#say({ type: 'chosen', choice });
  }

  #exit(): void {
    this.#isLeaving = true;
    setTimeout(() => this.leave(0), LEAVE_MAX_MS);
    if (this.#isReady) void this.#tray?.sendAction({ type: 'exit' });
    else this.leave(0);
  }

  #say(message: FromHost, said: () => void = () => undefined): void {
    if (process.send === undefined || !process.connected) return said();
    process.send(message, said);
  }
}

if (import.meta.main) runTrayHost(helperFolder());
