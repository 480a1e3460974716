// Bounds each look at a folder on a drive that may hang: that of the backups, of the journal, and of the data directory.

import { limits } from '@masala/protocol/tables';

/** A drive that is there by its name, and hangs. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor() {
    super('it does not answer');
  }
}

interface Look {
  readonly answer: Promise<unknown>;
  late: boolean;
}

/** By folder: the newest look that has not been answered. */
const unanswered = new Map<string, Look>();

/**
 * Bounds a look at a folder that may hang (a dead network drive never answers). Only one look at a folder is out at a time,
 * the next waits behind it: a hung one holds one of libuv's four threads, and four would hang the whole process. Rejects
 * with NoAnswerError, and as the look does.
 */
export async function inTime<Value>(
  folder: string,
  look: () => Promise<Value>,
  patienceMs: number = limits.secondFolderTimeoutMs,
): Promise<Value> {
  const before = unanswered.get(folder);
  if (before?.late) throw new NoAnswerError();
  const answer = before === undefined ? look() : before.answer.then(look, look);
  const mine: Look = { answer, late: false };
  unanswered.set(folder, mine);
  const forget = () => {
    if (unanswered.get(folder) === mine) unanswered.delete(folder);
  };
  answer.then(forget, forget);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      mine.late = true;
      reject(new NoAnswerError());
    }, patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
