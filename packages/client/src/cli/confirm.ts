// Asks the person at the terminal before something is done that only a person can decide.

import { createInterface } from 'node:readline/promises';
import { unlessAborted } from './unless-aborted.ts';

/** Whether the answer is yes; anything else, the end of the input included, is no. Rejects with CANCELLED on abort. */
export async function confirm(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<boolean> {
  // Not as a terminal of its own, so that Ctrl-C reaches the program as ever.
  const lines = createInterface({ input, output, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const answer = await unlessAborted(Promise.race([lines.question(`${question} [y/N] `), ended]), signal);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
