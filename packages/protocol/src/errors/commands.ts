// The errors that any command, or any look at a record, may meet.

import type { ErrorRow } from './error-row.ts';

export const commandErrors = {
  COMMAND_ID_REUSED: {
    message: 'This command id was already used for another command.',
    retryable: false,
    hint: 'Every new act needs an id of its own; only a retry of the same act repeats one.',
  },
  COMMAND_FROM_OTHER_DEVICE: {
    message: 'This command id belongs to another device.',
    retryable: false,
    hint: 'Every new act needs an id of its own.',
  },
  COMMAND_EXPIRED: {
    message: 'This command was booked so long ago that its answer is no longer kept.',
    retryable: false,
    hint: 'It was not booked again. Look the document up.',
  },
  HISTORY_BRANCHED: {
    message: 'The server was restored again meanwhile.',
    retryable: false,
    hint: 'Run `masala resend` again: what is gone now is worked out anew, and nothing is booked twice.',
  },
  CONFLICT: {
    message: 'This record was modified by another user. Please reload and try again.',
    retryable: false,
    hint: '`data.present` has the record as it is now.',
  },
  NOT_FOUND: {
    message: 'There is no such record.',
    retryable: false,
    hint: '`data` names what was looked for.',
  },
} as const satisfies Record<string, ErrorRow>;
