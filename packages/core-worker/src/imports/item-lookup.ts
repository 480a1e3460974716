// What the database knows of the articles and units that a file names: point reads in the pool's own connection.

import { limits } from '@masala/protocol';
import type { Database } from '../store/sqlite.ts';
import { derivedCommandId, skuKey } from './derived-id.ts';
import type { ItemLookup, KnownItem } from './file-items.ts';

interface ItemRow {
  readonly id: string;
  readonly decimals: number;
  readonly active: number;
}

/**
 * An article is found by its SKU; and where there is none, by the command that an earlier import of this source created
 * it by: it has been given another SKU since, and is still the article that the files mean.
 */
export function itemLookup(database: Database, source: string): ItemLookup {
  const bySku = database.prepare<[string], ItemRow>('SELECT id, decimals, active FROM items WHERE sku = ?');
  const byId = database.prepare<[string], ItemRow>('SELECT id, decimals, active FROM items WHERE id = ?');
  const command = database.prepare<[string], { outcome: string; answer: string | null }>(
    'SELECT outcome, answer FROM commands WHERE command_id = ?',
  );
  const unit = database.prepare('SELECT 1 FROM units WHERE code = ?');

  const createdHere = (sku: string): ItemRow | undefined => {
    for (let attempt = 0; attempt < limits.importAttemptsMax; attempt++) {
      const booked = command.get(derivedCommandId(source, 'item', skuKey(sku), attempt));
      if (booked === undefined) return undefined;
      if (booked.outcome !== 'done') continue;
      return booked.answer === null ? undefined : byId.get((JSON.parse(booked.answer) as { id: string }).id);
    }
    return undefined;
  };

  return {
    item(sku): KnownItem | undefined {
      const row = bySku.get(sku) ?? createdHere(sku);
      return row && { id: row.id, decimals: row.decimals, active: row.active === 1 };
    },
    unitExists: (code) => unit.get(code) !== undefined,
  };
}
