// All migrations in their order. A released one never changes; the next one gets the next number.

import { migration0001 } from './0001-ledger.ts';
import { migration0002 } from './0002-epoch-origin.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [migration0001, migration0002];

/** The newest schema that this version knows. */
export const SCHEMA_VERSION = migrations.length;
