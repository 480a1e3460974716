// What the core logs of imports, and of recomputing the ledger.

import type { LogEvent } from './log-event.ts';

export const ledgerEvents = {
  'import.started': {
    level: 'info',
    message: 'An import began.',
    explanation: 'Kind, file name, bytes, device.',
  },
  'import.ended': {
    level: 'info',
    message: 'An import ended.',
    explanation: 'Lines, booked, skipped, refused, elapsedMs.',
  },
  'import.failed': {
    level: 'warn',
    message: 'An import was refused or broken off.',
    explanation: '`code` is from the error table. Importing the file again books nothing twice.',
  },
  'import.file.left': {
    level: 'warn',
    message: 'The temporary file of an import could not be removed.',
    explanation: 'Another program holds it, such as a virus scanner. The next start of the core removes it.',
  },
  'ledger.verified': {
    level: 'info',
    message: 'The ledger was recomputed and agrees.',
    explanation: 'Counts of commands, documents, movements and levels, elapsedMs.',
  },
  'ledger.differs': {
    level: 'error',
    message: 'The ledger was recomputed and does not agree.',
    explanation: '`differences` names them. Keep the data directory as it is and call support.',
  },
} as const satisfies Record<string, LogEvent>;
