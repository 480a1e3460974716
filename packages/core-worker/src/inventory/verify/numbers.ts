// Checks the counters of document numbers: one that is behind would give a number a second time, and be refused for ever.

import { documentKinds } from '@masala/protocol/tables';
import type { Database } from '../../store/sqlite.ts';
import type { Walk } from '../verify.ts';
import type { Differences } from './differences.ts';

/** Numbers of a kind and a year: `GRN-2026`. */
export interface NumberSeries {
  readonly kind: string;
  readonly year: number;
  /** The highest number given. */
  readonly last: number;
}

/** The highest numbers that documents have, read from their index. Other texts than numbers of ours are left out. */
export function numbersGiven(database: Database): NumberSeries[] {
  const highest = database.prepare<[], { prefix: string; year: number; last: number }>(
    `SELECT substr(number, 1, 3) AS prefix, CAST(substr(number, 5, 4) AS INTEGER) AS year,
       max(CAST(substr(number, 10) AS INTEGER)) AS last
     FROM documents WHERE number GLOB '[A-Z][A-Z][A-Z]-[0-9][0-9][0-9][0-9]-[0-9]*' GROUP BY 1, 2`,
  );
  const kindOf = new Map(
    Object.entries(documentKinds).map(([kind, { numberPrefix }]) => [numberPrefix, kind]),
  );
  return highest.all().flatMap(({ prefix, year, last }) => {
    const kind = kindOf.get(prefix as 'GRN');
    return kind === undefined ? [] : [{ kind, year, last }];
  });
}

export function numberWalk(database: Database, differences: Differences): Walk {
  const counter = database
    .prepare<[string, number], number>('SELECT last FROM document_numbers WHERE kind = ? AND year = ?')
    .pluck();
  return () => {
    for (const { kind, year, last } of numbersGiven(database)) {
      const counted = counter.get(kind, year) ?? 0;
      if (counted >= last) continue;
      differences.add(
        'document',
        `${kind} ${year}`,
        `numbers are counted to ${counted}, but ${last} was given`,
      );
    }
    return { count: 0, more: false };
  };
}
