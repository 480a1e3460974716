// What a check found: all are counted, the first are listed, and a disk that cannot be read is told from damage.

import { limits, reasonOf } from '@masala/protocol/tables';
import { sqliteCode } from '../../store/sqlite.ts';

export class Problems {
  readonly listed: string[] = [];
  total = 0;
  #damaged = false;

  /** Content or structure that is not what was written. */
  damage(problem: string): void {
    this.#damaged = true;
    this.#add(problem);
  }

  /** `damaged` outweighs `io`: reading again would not mend it. */
  get kind(): 'sound' | 'damaged' | 'io' {
    if (this.#damaged) return 'damaged';
    return this.total === 0 ? 'sound' : 'io';
  }

  /** Does a part of the check. What SQLite throws of damage or of a failed read is a problem too; all else is thrown on. */
  async during(part: string, act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const code = sqliteCode(error) ?? '';
      const problem = `${part}: ${reasonOf(error)} (${code})`;
      // SQLITE_ERROR: statements that fitted the schema a moment ago, or a sum that no whole number holds.
      if (/^SQLITE_(CORRUPT|NOTADB|FORMAT|SCHEMA|ERROR)/.test(code)) this.damage(problem);
      else if (/^SQLITE_(IOERR|CANTOPEN)/.test(code)) this.#add(problem);
      else throw error;
    }
  }

  #add(problem: string): void {
    this.total += 1;
    if (this.listed.length < limits.verifyDifferencesMax) this.listed.push(problem);
  }
}
