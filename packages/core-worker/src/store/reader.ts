// The main thread's read-only connection: point reads by key and short indexed lists, nothing that may scan.

import { type Database, openForReading } from './sqlite.ts';

/** How a command id was answered, for whoever must know without giving it again (imports). */
export interface BookedCommand {
  readonly outcome: 'done' | 'refused';
  readonly digest: string;
  /** JSON of the result or the error; null once its year is over. */
  readonly answer: string | null;
}

export class Reader {
  readonly database: Database;
  readonly #command;

  constructor(databasePath: string) {
    this.database = openForReading(databasePath);
    this.#command = this.database.prepare<[string], BookedCommand>(
      'SELECT outcome, digest, answer FROM commands WHERE command_id = ?',
    );
  }

  bookedCommand(commandId: string): BookedCommand | undefined {
    return this.#command.get(commandId);
  }

  close(): void {
    this.database.close();
  }
}
