// Pure rules: which document a row belongs to, by the kind of import, the document's key and the quantity's sign.

import type { ImportKind, ImportMap, StaticOf } from '@masala/protocol';
import type { Parsed } from './values.ts';

export type Kind = StaticOf<typeof ImportKind>;
export type MapOfColumns = StaticOf<typeof ImportMap>;
export type DocumentClass = 'dispatch' | 'return' | 'write-off' | 'receipt';

/** What comes in; it is booked before what goes out. */
export const inflows: readonly DocumentClass[] = ['receipt', 'return'];

/**
 * The class of a row. Its quantity is signed as in the file: a return's is negative there, a write-off's too.
 *
 * @param quantity in smallest units, not zero
 */
export function classify(
  kind: Exclude<Kind, 'items'>,
  map: Pick<MapOfColumns, 'returnPrefix' | 'negativeIsWriteOff'>,
  key: string,
  quantity: number,
): Parsed<DocumentClass> {
  if (kind === 'receipts') {
    return quantity > 0 ? { value: 'receipt' } : { problem: 'The quantity of a receipt must be positive.' };
  }
  if (map.returnPrefix !== undefined && key.startsWith(map.returnPrefix)) {
    return quantity < 0 ? { value: 'return' } : { problem: 'The quantity of a return must be negative.' };
  }
  if (quantity > 0) return { value: 'dispatch' };
  if (map.negativeIsWriteOff === true) return { value: 'write-off' };
  return { problem: 'The quantity of a dispatch must be positive.' };
}

/** What the map lacks for such an import; empty when it fits. Its types were checked before. */
export function mapProblems(kind: Kind, map: MapOfColumns): string[] {
  const problems: string[] = [];
  if (kind !== 'items') {
    if (map.columns.document === undefined) problems.push(`columns.document is needed to import ${kind}`);
    if (map.columns.quantity === undefined) problems.push(`columns.quantity is needed to import ${kind}`);
  }
  return problems;
}
