// What a check of the ledger found: all are counted, the first are listed.

import { limits, type Result } from '@masala/protocol';

export type Difference = Result<'ledger.verify'>['differences'][number];

export class Differences {
  readonly listed: Difference[] = [];
  total = 0;

  /** @param key of the record: a sequence, an id, or for a level its item's and its lot's id */
  add(kind: Difference['kind'], key: string | number, reason: string): void {
    this.total += 1;
    if (this.listed.length < limits.verifyDifferencesMax)
      this.listed.push({ kind, key: String(key), reason });
  }
}
