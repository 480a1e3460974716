// What the supervisor logs of its own life, and of what the admin asks of it.

import type { LogEvent } from './log-event.ts';

export const supervisorEvents = {
  'supervisor.started': {
    level: 'info',
    message: 'The supervisor started.',
    explanation: 'Version, process, data directory, flags.',
  },
  'supervisor.stopped': {
    level: 'info',
    message: 'The supervisor stopped.',
    explanation: 'The server was stopped in order. `reason` says who asked.',
  },
  'supervisor.fault': {
    level: 'fatal',
    message: 'An unexpected error ended the supervisor.',
    explanation: '`error` has the stack. The core serves on and starts a new supervisor.',
  },
  'supervisor.lock.lost': {
    level: 'fatal',
    message: "The supervisor's lock file or control socket was deleted.",
    explanation: 'Somebody deleted files in run/. The supervisor ends; the core starts a new one.',
  },
  'supervisor.wanted.unwritten': {
    level: 'error',
    message: 'What is wanted of the server could not be written down.',
    explanation:
      'run/wanted.json: mostly a full disk. The server runs; after a crash of all it may forget its flags.',
  },
  'supervisor.disk.silent': {
    level: 'error',
    message: 'The disk of the data directory does not answer.',
    explanation:
      '`work` waits for it. The supervisor goes on; what it has to write is written once the disk answers.',
  },
  'supervisor.disk.answered': {
    level: 'info',
    message: 'The disk of the data directory answers again.',
    explanation: '`silentMs`: how long it did not.',
  },
  'supervisor.lives.unread': {
    level: 'warn',
    message: 'The list of the earlier lives of the core could not be read.',
    explanation: 'lives.json in the data directory is damaged; the timeline of the dashboard begins anew.',
  },
  'supervisor.lives.unwritten': {
    level: 'warn',
    message: 'A life of the core could not be written down.',
    explanation: 'lives.json: mostly a full disk. Only the timeline of the dashboard may miss it.',
  },
  'settings.changed': {
    level: 'info',
    message: 'Settings were written into settings.json.',
    explanation:
      '`changes` names them; null took one out. They are in force from the next start of the core.',
  },
  'supervisor.show.requested': {
    level: 'info',
    message: 'A second start asked the running server to show itself.',
    explanation: 'Somebody started Masala again. Nothing to do.',
  },
} as const satisfies Record<string, LogEvent>;
