// How the inventory's records lie in their tables, and how a row becomes the record that the contract names.

import type { Document, DocumentHead, DocumentLine, Item, Partner, StaticOf } from '@masala/protocol';

export type ItemRecord = StaticOf<typeof Item>;
export type PartnerRecord = StaticOf<typeof Partner>;
export type DocumentRecord = StaticOf<typeof Document>;
export type Head = StaticOf<typeof DocumentHead>;
export type Line = StaticOf<typeof DocumentLine>;

/** SQLite has no booleans: `active` is 0 or 1 in its rows. */
type Stored<Entry extends { active: boolean }> = Omit<Entry, 'active'> & { active: 0 | 1 };

export const ITEM_COLUMNS = 'id, sku, name, unit, decimals, active, default_lot_id AS defaultLotId, version';
export type ItemRow = Stored<ItemRecord>;

export function itemOf(row: ItemRow): ItemRecord {
  return { ...row, active: row.active === 1 };
}

export const PARTNER_COLUMNS = 'id, code, name, kind, active, version';
export type PartnerRow = Stored<PartnerRecord>;

export function partnerOf(row: PartnerRow): PartnerRecord {
  return { ...row, active: row.active === 1 };
}

/** A document's head: a row is already the record. */
export const HEAD_COLUMNS = `id, kind, status, number, partner_id AS partnerId, reference, note,
  document_at AS documentAt, created_at AS createdAt, posted_at AS postedAt, reversal_of AS reversalOf,
  reversed_by AS reversedBy, line_count AS lineCount, version`;

/** A document's line: a row is already the record. */
export const LINE_COLUMNS = 'line, item_id AS itemId, lot_id AS lotId, quantity, reason';
