// Shows a notification on the desktop by the system's own program, as a child with a time-out. Where that is missing or fails,
// there is a line in the log and nothing else.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { reasonOf } from '@masala/protocol/tables';
import type { Log } from '../log.ts';
import type { Notification } from './notices.ts';

/** A desktop answers in milliseconds, and on Windows our own icon stays for 8 s; one that hangs shall not gather our children. */
const SHOW_MAX_MS = 15_000;
/** More at once means that none of them comes through. */
const UNDER_WAY_MAX = 8;
const STDERR_TAIL_CHARACTERS = 500;
/** By path, so that no supervisor loads it. */
const windowsProgram = join(import.meta.dirname, 'windows-notification.ts');

export interface NotifierOptions {
  readonly platform: NodeJS.Platform;
  /** Names the display and the bus. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Whether somebody else has shown it already: a living window of the dashboard, in its own way. Never rejects. */
  readonly shownElsewhere?: (notification: Notification) => Promise<boolean>;
}

export class Notifier {
  readonly #options: NotifierOptions;
  #underWay = 0;
  #hasFailed = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Settles when it was shown, or could not be. Never rejects. */
  async show(notification: Notification): Promise<void> {
    if (this.#underWay >= UNDER_WAY_MAX) return this.#failed('the desktop takes no more notifications');
    this.#underWay += 1;
    try {
      if ((await this.#options.shownElsewhere?.(notification)) !== true) await this.#showHere(notification);
      this.#hasFailed = false;
    } catch (error) {
      this.#failed(reasonOf(error));
    } finally {
      this.#underWay -= 1;
    }
  }

  async #showHere(notification: Notification): Promise<void> {
    const { platform, environment } = this.#options;
    const command = notifyCommand(notification, platform);
    if (command === null) throw new Error(`no way to notify on ${platform}`);
    await run(command, environment);
  }

  /** Said once: the next ones fail for the same reason. */
  #failed(reason: string): void {
    if (!this.#hasFailed) this.#options.log('notification.failed', { reason });
    this.#hasFailed = true;
  }
}

/** The program and its arguments; null where none is known. Never a shell, which would read what stands in the texts. */
export function notifyCommand(
  { title, body, urgency }: Notification,
  platform: NodeJS.Platform,
): readonly [string, ...string[]] | null {
  if (platform === 'win32') return [process.execPath, windowsProgram, title, body, urgency];
  if (platform !== 'linux') return null;
  // Desktops read the body as markup.
  const plain = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return ['notify-send', '--app-name=Masala', `--urgency=${urgency}`, '--', title, plain];
}

/**
 * Runs a program to its end, and keeps nobody's process alive for it. Rejects with its words where it cannot be started, fails,
 * or takes too long.
 */
async function run(
  [program, ...args]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn(program, args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  child.unref();
  let said = '';
  // None where this process may open no further file: the error that follows tells it.
  const stderr = child.stderr as (Readable & { unref?(): void }) | null;
  stderr?.unref?.();
  stderr?.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-STDERR_TAIL_CHARACTERS);
  });
  stderr?.on('error', () => undefined); // its end says what there is to say
  // Not spawn's own time-out: that one would keep a supervisor alive that has ended.
  const late = setTimeout(() => child.kill('SIGKILL'), SHOW_MAX_MS).unref();
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', ({ message }) => reject(new Error(message)));
      child.once('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`${program} ended with ${signal ?? code}: ${said.trim()}`));
      });
    });
  } finally {
    clearTimeout(late);
    // What it started may hold the other end for ever.
    stderr?.destroy();
  }
}
