// Units: in what items are counted.

import { limits, MasalaError } from '@masala/protocol/tables';
import type { CommandHandlers } from '../store/command.ts';
import type { Database } from '../store/sqlite.ts';

export function unitCommands(database: Database): CommandHandlers<'units.create'> {
  const find = findUnit(database);
  const count = database.prepare<[], number>('SELECT count(*) FROM units').pluck();
  const insert = database.prepare<[string, string]>('INSERT INTO units (code, name) VALUES (?, ?)');
  return {
    'units.create': ({ code, name }) => {
      const present = find.get(code);
      if (present !== undefined) throw new MasalaError('CODE_TAKEN', { code, id: present });
      if ((count.get() ?? 0) >= limits.unitsMax)
        throw new MasalaError('UNITS_TOO_MANY', { limit: limits.unitsMax });
      insert.run(code, name);
      return { code };
    },
  };
}

/** A unit's code as it is kept, found without regard to case. */
export function findUnit(database: Database) {
  return database.prepare<[string], string>('SELECT code FROM units WHERE code = ?').pluck();
}
