// All writes of the inventory: the writer thread makes them once for its connection.

import type { WriteName } from '@masala/protocol';
import type { CommandHandlers } from '../store/command.ts';
import type { Database } from '../store/sqlite.ts';
import { documentCommands } from './documents/commands.ts';
import { itemCommands } from './items.ts';
import { partnerCommands } from './partners.ts';
import { unitCommands } from './units.ts';

/** The handlers of every write of the contract; their statements are prepared here, once for the connection. */
export function inventoryCommands(database: Database): CommandHandlers<WriteName> {
  const documents = documentCommands(database);
  const receipts = documents('receipt');
  const dispatches = documents('dispatch');
  const returns = documents('return');
  const adjustments = documents('adjustment');
  return {
    ...unitCommands(database),
    ...itemCommands(database),
    ...partnerCommands(database),
    'receipts.create': receipts.create,
    'receipts.update': receipts.update,
    'receipts.post': receipts.post,
    'receipts.reverse': receipts.reverse,
    'dispatches.create': dispatches.create,
    'dispatches.update': dispatches.update,
    'dispatches.post': dispatches.post,
    'dispatches.reverse': dispatches.reverse,
    'returns.create': returns.create,
    'returns.update': returns.update,
    'returns.post': returns.post,
    'returns.reverse': returns.reverse,
    'adjustments.create': adjustments.create,
    'adjustments.update': adjustments.update,
    'adjustments.post': adjustments.post,
    'adjustments.reverse': adjustments.reverse,
  };
}
