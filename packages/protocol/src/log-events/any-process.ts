// What any process of the server may log.

import type { LogEvent } from './log-event.ts';

export const anyProcessEvents = {
  'control.refused': {
    level: 'warn',
    message: 'A caller on the control channel could not prove that it may command the server.',
    explanation: 'Another user of this PC, or a program that tries pipes.',
  },
  'log.lines.lost': {
    level: 'warn',
    message: 'Log lines could not be written.',
    explanation: '`lines` counts them. The disk is full or the file is locked by another program.',
  },
} as const satisfies Record<string, LogEvent>;
