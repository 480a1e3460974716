// What a client asks about its own commands after a restore: a look-up for each id on the main thread's connection.

import type { Reader } from '../store/reader.ts';
import type { ReadHandlers } from './handlers.ts';

export function commandReads(reader: Reader): ReadHandlers<'commands.missing'> {
  return {
    'commands.missing': ({ commandIds }) => ({
      missing: commandIds.filter((commandId) => reader.bookedCommand(commandId) === undefined),
    }),
  };
}
