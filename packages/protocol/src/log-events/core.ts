// What the core logs of its life, and of its background tasks.

import type { LogEvent } from './log-event.ts';

export const coreEvents = {
  'core.starting': {
    level: 'info',
    message: 'The core starts.',
    explanation: 'Names the version, the process and the flags of the start.',
  },
  'core.running': {
    level: 'info',
    message: 'The core serves clients.',
    explanation: '`elapsedMs` is the time since the process began.',
  },
  'core.state.changed': {
    level: 'info',
    message: 'The state of the core changed.',
    explanation: '`from`, `to` and the flags (read-only, degraded, locked).',
  },
  'core.stopping': {
    level: 'info',
    message: 'The core stops in order.',
    explanation: '`reason` says who asked. Work in flight is finished first.',
  },
  'core.stop.pending': {
    level: 'warn',
    message: 'Work was still pending when the stop was forced.',
    explanation: '`pending` counts it. Clients keep their writes and try them again: nothing is lost.',
  },
  'core.stopped': {
    level: 'info',
    message: 'The core has stopped.',
    explanation: 'The end of an ordered stop.',
  },
  'core.fault': {
    level: 'fatal',
    message: 'An unexpected error ended the core.',
    explanation: '`error` has the stack. The supervisor starts the core again; report the stack.',
  },
  'core.start.refused': {
    level: 'fatal',
    message: 'The core cannot start.',
    explanation: '`exitCode` and `reason` say why; see the exit codes.',
  },
  'core.supervisor.attached': {
    level: 'info',
    message: 'A supervisor watches over the core.',
    explanation: 'A new one, or one that adopted the running core.',
  },
  'core.supervisor.lost': {
    level: 'warn',
    message: 'The supervisor is gone; the core serves on.',
    explanation: 'After 5 s the core starts a new one, unless the server is wanted stopped.',
  },
  'core.supervisor.started': {
    level: 'warn',
    message: 'The core started a supervisor.',
    explanation: 'The old one was killed or died. The new one adopts the running core.',
  },
  'core.supervisor.budget-spent': {
    level: 'error',
    message: 'Supervisors die too often; the core tries one every ten minutes.',
    explanation: 'Look at logs/supervisor.log for what ends them (a virus scanner, a script).',
  },
  'task.failed': {
    level: 'warn',
    message: 'A background task failed and is started again.',
    explanation:
      '`task` names it, `failures` counts, `error` has the stack. The core is marked degraded meanwhile.',
  },
  'task.recovered': {
    level: 'info',
    message: 'A background task works again.',
    explanation:
      'It ran long enough to be trusted; the flag degraded is taken back when no other task is ill.',
  },
} as const satisfies Record<string, LogEvent>;
