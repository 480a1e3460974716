// The check of the ledger as a call: it runs in the pool, and its progress counts as the core's.

import type { LogLine } from '../log.ts';
import type { CoreState } from '../state.ts';
import type { Pool } from '../store/pool.ts';
import type { ReadHandlers } from './handlers.ts';

export interface LedgerReadParts {
  readonly pool: Pool;
  readonly databasePath: string;
  readonly state: CoreState;
  readonly log: LogLine;
}

export function ledgerReads({
  pool,
  databasePath,
  state,
  log,
}: LedgerReadParts): ReadHandlers<'ledger.verify'> {
  return {
    'ledger.verify': async (_, { signal }) => {
      const onMessage = () => state.advance();
      const report = await pool.run('ledger.verify', { databasePath }, { signal, onMessage });
      const { consistent, checked, differencesTotal, differences, elapsedMs } = report;
      if (consistent) log('ledger.verified', { ...checked, elapsedMs });
      else log('ledger.differs', { ...checked, elapsedMs, differencesTotal, differences });
      return report;
    },
  };
}
