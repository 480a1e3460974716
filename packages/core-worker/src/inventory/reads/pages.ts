// Pages and keys of the lists: what a page holds, where the next begins, which keys lie under a prefix. Pure.

import { limits, MasalaError } from '@masala/protocol';

/** How many rows a page shows; one more is read, to know whether there is a next page. */
export function pageSize(limit: number | undefined): number {
  return Math.min(limit ?? limits.pageRowsDefault, limits.pageRowsMax);
}

/** The page of the rows read (one more than `size` where there are more), and the cursor of the next one or null. */
export function pageOf<Row, Cursor>(
  rows: readonly Row[],
  size: number,
  cursorOf: (last: Row) => Cursor,
): { rows: Row[]; next: Cursor | null } {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > size && last !== undefined ? cursorOf(last) : null };
}

/** A refusal of params that the contract's schema cannot tell. */
export function paramsInvalid(field: string, reason: string): MasalaError {
  return new MasalaError('PARAMS_INVALID', { problems: [{ field, reason }] });
}

/** Checks that a record is asked for by exactly one of its keys. */
export function checkExactlyOne(first: string, one: unknown, second: string, other: unknown): void {
  if ((one === undefined) !== (other === undefined)) return;
  throw paramsInvalid(second, `give exactly one of ${first} and ${second}`);
}

/** After every text, as SQLite orders its types: binary comes after text. */
const AFTER_ALL_TEXT = Buffer.alloc(0);
const LAST_CODE_POINT = 0x10ffff;
const SURROGATES_FIRST = 0xd800;
const SURROGATES_LAST = 0xdfff;

/**
 * The keys with a prefix, where keys are ordered without regard to (ASCII) case: `from` ≤ key < `to`. A range of the
 * index, and unlike LIKE without wildcards.
 */
export function prefixRange(prefix: string): { from: string; to: string | Buffer } {
  const codePoints = Array.from(foldCase(prefix), codePointOf);
  for (let last = codePoints.pop(); last !== undefined; last = codePoints.pop()) {
    if (last < LAST_CODE_POINT) {
      return { from: prefix, to: String.fromCodePoint(...codePoints, codePointAfter(last)) };
    }
  }
  return { from: prefix, to: AFTER_ALL_TEXT };
}

/** As SQLite's NOCASE folds: A to Z alone. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** The next code point in NOCASE's order, in which capitals stand where their small letters do. */
function codePointAfter(codePoint: number): number {
  const next = codePoint + 1;
  if (next === 'A'.charCodeAt(0)) return 'Z'.charCodeAt(0) + 1;
  return next >= SURROGATES_FIRST && next <= SURROGATES_LAST ? SURROGATES_LAST + 1 : next;
}
