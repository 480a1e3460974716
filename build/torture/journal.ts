// A client's own memory of what it asked and what it was told: written before each act and after each answer, so that
// a kill of the client leaves no act without a trace. It is what the server's database is judged by.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { WireError, WriteName } from '@masala/protocol';

export interface Intent {
  readonly type: 'intent';
  readonly commandId: string;
  readonly method: WriteName;
  /** As given to the client library, without the command id. */
  readonly params: Readonly<Record<string, unknown>>;
}

export type Answered = {
  readonly type: 'answer';
  readonly commandId: string;
} & (
  | { readonly result: Readonly<Record<string, unknown>>; readonly error?: never }
  | { readonly error: Pick<WireError, 'code' | 'data'>; readonly result?: never }
);

export type JournalLine = Intent | Answered;

export interface Journal {
  append(line: JournalLine): void;
  close(): void;
}

/**
 * Opens a journal to go on writing. One write a line: a killed process leaves whole lines in the kernel's hands; only
 * a power cut would need more, and no campaign pulls the plug on its own clients.
 */
export function openJournal(path: string): Journal {
  const file = openSync(path, 'a');
  // A line that was cut short stays alone: whatever follows begins on a line of its own.
  if (!endsWhole(path)) writeSync(file, '\n');
  return {
    append: (line) => void writeSync(file, `${JSON.stringify(line)}\n`),
    close: () => closeSync(file),
  };
}

/** Every whole line of a journal, oldest first; none where it does not exist yet. */
export function readJournal(path: string): JournalLine[] {
  const lines: JournalLine[] = [];
  for (const line of textOf(path).split('\n')) {
    if (line === '') continue;
    try {
      lines.push(JSON.parse(line) as JournalLine);
    } catch {
      // cut short by a kill: an intent that was not written whole was not sent either
    }
  }
  return lines;
}

function endsWhole(path: string): boolean {
  const text = textOf(path);
  return text === '' || text.endsWith('\n');
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
