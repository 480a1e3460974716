// Whether a row of a damaged file has the types that its table promises: SQLite does not look when it reads. Pure.

import { documentKinds } from '@masala/protocol/tables';
import type { Head, Line } from '../../inventory/records.ts';
import type { StoredCommand } from '../../inventory/verify/commands.ts';

type Value = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isWholeOrNull = (value: unknown): value is number | null => value === null || isWhole(value);

function all(row: Value, names: readonly string[], fits: (value: unknown) => boolean): boolean {
  return names.every((name) => fits(row[name]));
}

export function isCommand(row: Value): row is Value & StoredCommand {
  return (
    all(
      row,
      ['commandId', 'deviceId', 'method', 'digest', 'decidedDigest', 'answerDigest', 'hash'],
      isText,
    ) &&
    all(row, ['userId', 'body', 'decided', 'answer'], isTextOrNull) &&
    all(row, ['sequence', 'at'], isWhole) &&
    (row.outcome === 'done' || row.outcome === 'refused')
  );
}

export function isHead(row: Value): row is Value & Head & { readonly digest: string } {
  return (
    all(row, ['id', 'digest'], isText) &&
    all(row, ['number', 'partnerId', 'reference', 'note', 'reversalOf', 'reversedBy'], isTextOrNull) &&
    all(row, ['createdAt', 'lineCount', 'version'], isWhole) &&
    all(row, ['documentAt', 'postedAt'], isWholeOrNull) &&
    ['draft', 'posted', 'reversed'].some((status) => status === row.status) &&
    isText(row.kind) &&
    Object.hasOwn(documentKinds, row.kind)
  );
}

export function isLine(row: Value): row is Value & Line {
  return (
    all(row, ['itemId', 'lotId'], isText) &&
    all(row, ['line', 'quantity'], isWhole) &&
    isTextOrNull(row.reason)
  );
}

/** Master data has no digest: the types, and what the rules of its tables cannot do without. */
export const masterShapes: Readonly<Record<string, (row: Value) => boolean>> = {
  units: (row) => all(row, ['code', 'name'], isText),
  items: (row) =>
    all(row, ['id', 'sku', 'name', 'unit', 'default_lot_id'], isText) &&
    all(row, ['decimals', 'active', 'version'], isWhole) &&
    Number(row.decimals) >= 0 &&
    Number(row.decimals) <= 6,
  lots: (row) => all(row, ['id', 'item_id'], isText) && isTextOrNull(row.number),
  partners: (row) =>
    all(row, ['id', 'code', 'name', 'kind'], isText) && all(row, ['active', 'version'], isWhole),
  devices: (row) =>
    all(row, ['id', 'name', 'role', 'token_hash'], isText) &&
    isWhole(row.paired_at) &&
    isWholeOrNull(row.revoked_at),
};
