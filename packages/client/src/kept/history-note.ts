// Which history of the server this PC knows, and what of its commands a newer one lacks: one small file in the profile.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileDurably } from '@masala/protocol/durable-file';

export interface History {
  /** The epoch up to which nothing of this PC's is in question. */
  readonly epoch: string;
  /** A newer one, until what it lacked was sent again or dismissed. */
  readonly branch: {
    readonly to: string;
    /** The ids of all that was missing when it was first met, in their order. */
    readonly gone: readonly string[];
  } | null;
}

/** Grows when an older program could not read the file any more. */
const NOTE_VERSION = 1;

export class HistoryNote {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Undefined where there is none yet or none that can be read: the kept commands name their epoch too. */
  read(): History | undefined {
    try {
      const { version, ...history } = JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, unknown>;
      return version === NOTE_VERSION && isHistory(history) ? history : undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  write(history: History): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    replaceFileDurably(this.#path, `${JSON.stringify({ version: NOTE_VERSION, ...history })}\n`);
  }

  get #path(): string {
    return join(this.#directory, 'history.json');
  }
}

function isHistory(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & History {
  const { epoch, branch } = fields as Partial<History>;
  if (typeof epoch !== 'string') return false;
  return branch === null || (typeof branch?.to === 'string' && Array.isArray(branch.gone));
}
