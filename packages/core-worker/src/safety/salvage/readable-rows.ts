// Reads what can be read of a table in a damaged file: from both ends to the damage, and then from places in between.

import { type Database, sqliteCode } from '../../store/sqlite.ts';

export type Row = Readonly<Record<string, unknown>>;
type KeyPart = string | number;
type Key = readonly KeyPart[];

/** A tree of the file: a table, or an index that has the columns in it. */
export interface Tree {
  readonly table: string;
  /** The index to read instead of the table; its columns must cover `columns`. */
  readonly index?: { readonly name: string; readonly where?: string };
  readonly columns: readonly string[];
  /** In the order of the tree; a row is only believed where it comes after the one before. */
  readonly key: readonly string[];
  /** Whether the first column of the key is ordered without regard to the case of ASCII letters. */
  readonly noCase?: boolean;
}

/**
 * How often a place between two damaged ones is tried. Each try halves a stretch that is still unread, and the largest come first:
 * two hundred find whatever is a hundredth of a table or more between its damaged places, of which a broken disk has a handful.
 */
const TRIES_MAX = 200;

/** Where reading one way ended. */
interface Stretch {
  /** The last key that was read; null where there was none. */
  readonly last: Key | null;
  /** Whether the bound (or the end of the tree) was reached, so that nothing is missing up to it. */
  readonly whole: boolean;
}

/** Yields rows in no order at all; returns whether no damage was met. Throws only what is no sign of damage. */
export function* readableRows(database: Database, tree: Tree): Generator<Row, boolean> {
  const up = yield* readStretch(database, tree, 'up', null, null);
  if (up.whole) return true;
  const down = yield* readStretch(database, tree, 'down', null, up.last);
  // An index is read for the keys in it; what lies between two damaged places of it is found in the table.
  if (down.whole || tree.index !== undefined) return false;
  const gaps: [Key | null, Key | null][] = [[up.last, down.last]];
  for (let tries = 0; tries < TRIES_MAX && gaps.length > 0; tries++) {
    const [low, high] = gaps.shift() as [Key | null, Key | null];
    const middle = between(low, high);
    if (middle === undefined) continue;
    const above = yield* readStretch(database, tree, 'up', middle, high);
    const below = yield* readStretch(database, tree, 'down', above.first ?? after(middle), low);
    if (!above.whole) gaps.push([above.last ?? middle, high]);
    if (!below.whole) gaps.push([low, below.last ?? middle]);
  }
  return false;
}

/**
 * Reads from beyond `from` (null: the end of the tree) until `bound`. It ends at damage, and at a key that does not follow: a tree
 * whose pages point back would else be read for ever.
 */
function* readStretch(
  database: Database,
  { table, index, columns, key, noCase = false }: Tree,
  way: 'up' | 'down',
  from: Key | null,
  bound: Key | null,
): Generator<Row, Stretch & { readonly first: Key | null }> {
  const [beyond, order, direction] = way === 'up' ? ['>', 'ASC', 1] : ['<', 'DESC', -1];
  const keys = key.slice(0, from?.length ?? key.length);
  const conditions = [
    ...(index?.where === undefined ? [] : [index.where]),
    ...(from === null ? [] : [`(${keys.join(', ')}) ${beyond} (${keys.map(() => '?').join(', ')})`]),
  ];
  const source = index === undefined ? `${table} NOT INDEXED` : `${table} INDEXED BY ${index.name}`;
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const sorted = key.map((part) => `${part} ${order}`).join(', ');
  let first: Key | null = null;
  let last: Key | null = null;
  try {
    const rows = database.prepare<unknown[], Row>(
      `SELECT ${columns.join(', ')} FROM ${source}${where} ORDER BY ${sorted}`,
    );
    for (const row of rows.iterate(...(from ?? []))) {
      const at = keyOf(row, key, noCase);
      if (at === undefined || (last !== null && compare(at, last) * direction <= 0)) {
        return { first, last, whole: false };
      }
      if (bound !== null && compare(at, bound) * direction >= 0) return { first, last, whole: true };
      first ??= at;
      last = at;
      yield row;
    }
    return { first, last, whole: true };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { first, last, whole: false };
  }
}

/** What SQLite says of damaged content and of a schema that does not fit it. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB|FORMAT|ERROR|IOERR|SCHEMA|RANGE|TOOBIG|MISMATCH)/.test(
    sqliteCode(error) ?? '',
  );
}

/** The key of a row as it is ordered, or undefined where it is of no type that a key can be. */
function keyOf(row: Row, key: readonly string[], noCase: boolean): Key | undefined {
  const parts = key.map((part) => row[part]);
  if (!parts.every((part) => typeof part === 'string' || typeof part === 'number')) return undefined;
  const [first, ...rest] = parts as KeyPart[];
  return noCase && typeof first === 'string' ? [first.toLowerCase(), ...rest] : (parts as Key);
}

function compare(one: Key, other: Key): number {
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 0;
    if (part !== against) return isBefore(part, against) ? -1 : 1;
  }
  return 0;
}

/** As SQLite orders: numbers before texts. (Texts beyond the first 65,536 characters of Unicode it orders otherwise; no id has them.) */
function isBefore(one: KeyPart, other: KeyPart): boolean {
  return typeof one === typeof other ? one < other : typeof one === 'number';
}

/** The least key of numbers after one; ids are never so near to each other. */
function after([first, ...rest]: Key): Key {
  return typeof first === 'number' ? [first + 1] : [first as KeyPart, ...rest];
}

/** A key about in the middle of two, or undefined where there is none, or where an end is open: ids are too far apart to guess. */
function between(low: Key | null, high: Key | null): Key | undefined {
  const [first, second] = [low?.[0], high?.[0]];
  if (typeof second === 'number') {
    const from = typeof first === 'number' ? first : 0;
    return second - from > 1 ? [Math.floor((from + second) / 2)] : undefined;
  }
  if (typeof first !== 'string' || second === undefined) return undefined;
  const [from, to] = [hexOf(first), hexOf(second)];
  if (from === undefined || to === undefined || to - from < 2n) return undefined;
  const hex = ((from + to) / 2n).toString(16).padStart(32, '0');
  return [
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  ];
}

/** A UUID as a number; other texts have no middle. */
function hexOf(text: string): bigint | undefined {
  const hex = text.replaceAll('-', '');
  return /^[0-9a-f]{0,32}$/.test(hex) ? BigInt(`0x${hex.padEnd(32, '0')}`) : undefined;
}
