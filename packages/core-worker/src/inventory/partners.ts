// Partners: suppliers and customers.

import { MasalaError } from '@masala/protocol/tables';
import type { CommandHandlers } from '../store/command.ts';
import type { Database } from '../store/sqlite.ts';
import { PARTNER_COLUMNS, type PartnerRow, partnerOf } from './records.ts';

export function partnerCommands(database: Database): CommandHandlers<'partners.create' | 'partners.update'> {
  const byCode = database.prepare<[string], string>('SELECT id FROM partners WHERE code = ?').pluck();
  const byId = database.prepare<[string], PartnerRow>(`SELECT ${PARTNER_COLUMNS} FROM partners WHERE id = ?`);
  const insert = database.prepare(
    'INSERT INTO partners (id, code, name, kind, active, version) VALUES (?, ?, ?, ?, 1, 1)',
  );
  const update = database.prepare(
    'UPDATE partners SET code = ?, name = ?, kind = ?, active = ?, version = ? WHERE id = ?',
  );

  /** Throws when another partner than `id` has the code. */
  function checkCodeFree(code: string, id?: string): void {
    const holder = byCode.get(code);
    if (holder !== undefined && holder !== id) throw new MasalaError('CODE_TAKEN', { code, id: holder });
  }

  return {
    'partners.create': ({ code, name, kind }, { decisions }) => {
      checkCodeFree(code);
      const id = decisions.newId();
      insert.run(id, code, name, kind);
      return { id, version: 1 };
    },

    'partners.update': ({ id, version, ...changes }) => {
      const row = byId.get(id);
      if (row === undefined) throw new MasalaError('NOT_FOUND', { id });
      const present = partnerOf(row);
      if (present.version !== version) throw new MasalaError('CONFLICT', { present });
      if (changes.code !== undefined) checkCodeFree(changes.code, id);
      const next = { ...present, ...changes, version: version + 1 };
      update.run(next.code, next.name, next.kind, next.active ? 1 : 0, next.version, id);
      return { id, version: next.version };
    },
  };
}
