// Pure: finds the map's columns in the header line.

import { MasalaError } from '@masala/protocol';
import type { MapOfColumns } from './classification.ts';

export type ColumnName = keyof MapOfColumns['columns'];

/** Columns of a file that are told in an error: enough to see that it is the wrong file. */
const FOUND_COLUMNS_TOLD = 50;
const FOUND_NAME_TOLD_LENGTH = 100;

/** The cell of a row in the column that the map calls so; empty where the map names no such column. */
export type CellOf = (cells: readonly string[], column: ColumnName) => string;

/**
 * @throws MasalaError IMPORT_HEADER_INVALID with `missing` and `found`, and with `ambiguous` for columns that stand
 * there more than once
 */
export function cellsByHeader(map: MapOfColumns, header: readonly string[]): CellOf {
  const names = header.map((name) => name.trim());
  const wanted = Object.entries(map.columns) as [ColumnName, string][];
  const missing = wanted.filter(([, name]) => !names.includes(name)).map(([, name]) => name);
  const ambiguous = wanted
    .filter(([, name]) => names.indexOf(name) !== names.lastIndexOf(name))
    .map(([, name]) => name);
  if (missing.length > 0 || ambiguous.length > 0) {
    const found = names.slice(0, FOUND_COLUMNS_TOLD).map((name) => name.slice(0, FOUND_NAME_TOLD_LENGTH));
    throw new MasalaError('IMPORT_HEADER_INVALID', {
      missing,
      found,
      ...(ambiguous.length > 0 ? { ambiguous } : {}),
    });
  }
  const places = new Map(wanted.map(([column, name]) => [column, names.indexOf(name)]));
  return (cells, column) => {
    const place = places.get(column);
    return place === undefined ? '' : (cells[place] ?? '');
  };
}
