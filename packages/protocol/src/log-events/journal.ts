// What the core logs of the journal on the second drive.

import type { LogEvent } from './log-event.ts';

export const journalEvents = {
  'journal.opened': {
    level: 'info',
    message: 'The journal on the second drive is open.',
    explanation:
      '`folder`, and `sequence`, the command it goes on after. `created`: it was begun, and holds what comes after `sequence`.',
  },
  'journal.unreachable': {
    level: 'warn',
    message: 'The journal on the second drive cannot be written.',
    explanation:
      '`reason` says why. Saves go on; it is tried again with growing pauses, and what is missing is copied then.',
  },
  'journal.reached': {
    level: 'info',
    message: 'The journal on the second drive can be written again.',
    explanation: 'What was missing there is copied.',
  },
  'journal.tail-cut': {
    level: 'warn',
    message: 'The end of the journal was broken off by a crash or a power cut and is written again.',
    explanation: '`sequence` is the first command of it. Nothing is missing: the database has them.',
  },
  'journal.damaged': {
    level: 'error',
    message: 'A part of the journal is damaged; it is copied again from the database.',
    explanation: '`folder` and `sequence` say where. If it repeats, the second drive is failing: replace it.',
  },
  'journal.begun-anew': {
    level: 'warn',
    message: 'The journal is not where it was and is begun anew, completely.',
    explanation:
      'Somebody deleted it or changed the drive. All commands that still have their bodies are copied.',
  },
  'journal.set-aside': {
    level: 'error',
    message: 'A journal does not fit the database; it is kept under another name and a new one is begun.',
    explanation:
      '`reason` says why, `folder` where it is now. If it reaches further than the database, that was set back: call support.',
  },
  'journal.pruned': {
    level: 'info',
    message: 'Old segments of the journal were removed.',
    explanation: 'Older than a year, and covered by every good backup. `segments` counts them.',
  },
} as const satisfies Record<string, LogEvent>;
