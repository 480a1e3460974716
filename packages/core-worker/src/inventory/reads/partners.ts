// Reads of partners.

import { MasalaError } from '@masala/protocol';
import type { ReadHandlers } from '../../rpc/handlers.ts';
import type { Database } from '../../store/sqlite.ts';
import { PARTNER_COLUMNS, type PartnerRow, partnerOf } from '../records.ts';
import { checkExactlyOne, pageOf, pageSize } from './pages.ts';

export function partnerReads(database: Database): ReadHandlers<'partners.get' | 'partners.list'> {
  const byId = database.prepare<[string], PartnerRow>(`SELECT ${PARTNER_COLUMNS} FROM partners WHERE id = ?`);
  const byCode = database.prepare<[string], PartnerRow>(
    `SELECT ${PARTNER_COLUMNS} FROM partners WHERE code = ?`,
  );
  const all = database.prepare<[string, number], PartnerRow>(
    `SELECT ${PARTNER_COLUMNS} FROM partners WHERE code > ? ORDER BY code LIMIT ?`,
  );
  // Who is both is a supplier as well as a customer: two ranges of the index, merged.
  const ofKind = database.prepare<{ kind: string; after: string; limit: number }, PartnerRow>(
    `SELECT ${PARTNER_COLUMNS} FROM partners WHERE kind = @kind AND code > @after
     UNION ALL
     SELECT ${PARTNER_COLUMNS} FROM partners WHERE kind = 'both' AND @kind <> 'both' AND code > @after
     ORDER BY code LIMIT @limit`,
  );

  return {
    'partners.get': ({ id, code }) => {
      checkExactlyOne('id', id, 'code', code);
      const row = id === undefined ? byCode.get(code ?? '') : byId.get(id);
      if (row === undefined) throw new MasalaError('NOT_FOUND', id === undefined ? { code } : { id });
      return partnerOf(row);
    },

    'partners.list': ({ kind, after = '', limit }) => {
      const size = pageSize(limit);
      const read =
        kind === undefined ? all.all(after, size + 1) : ofKind.all({ kind, after, limit: size + 1 });
      const { rows, next } = pageOf(read, size, ({ code }) => code);
      return { partners: rows.map(partnerOf), next };
    },
  };
}
