// Asks the person at the terminal; where there is none, the command line has to say it itself.

import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Where a question is asked: stderr, so that stdout stays the result's. */
export interface Console {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

export const processConsole: Console = { input: process.stdin, output: process.stderr };

/** Whether somebody is there who can be asked. */
export function isAttended({ input, output }: Console): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** The answer to a question, trimmed; empty when the terminal was closed instead. */
export async function ask({ input, output }: Console, question: string): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return (await Promise.race([lines.question(`${question} `), closed])).trim();
  } finally {
    lines.close();
  }
}

/** Only a "y" or "yes" is a yes. */
export async function confirm(console: Console, question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(console, `${question} [y/N]`));
}
