// What the supervisor logs of the core that it watches over.

import type { LogEvent } from './log-event.ts';

export const supervisionEvents = {
  'core.spawned': {
    level: 'info',
    message: 'The supervisor started the core.',
    explanation: 'Its process and whether it is in safe mode.',
  },
  'core.adopted': {
    level: 'info',
    message: 'The supervisor adopted the running core.',
    explanation: 'The core had outlived an earlier supervisor. No client noticed.',
  },
  'core.suspect': {
    level: 'warn',
    message: 'The core does not answer.',
    explanation: '`silentMs`. If it stays silent it is ended and started again.',
  },
  'core.hung': {
    level: 'warn',
    message: 'The core hung and was ended.',
    explanation: 'It is started again at once. `silentMs` is how long it was silent.',
  },
  'core.died': {
    level: 'warn',
    message: 'The core died.',
    explanation: '`exitCode`, `signal`, `reason`, `stderrTail` say why; it is started again.',
  },
  'core.recovery.requested': {
    level: 'warn',
    message: 'The core ended for the restore that was asked for, and is started again.',
    explanation: 'No fault. `recovery.begun` in core.log follows.',
  },
  'core.restarted': {
    level: 'warn',
    message: 'The core was started again.',
    explanation: '`restarts` since the start of the supervisor, `downMs` without service.',
  },
  'core.safe-mode': {
    level: 'error',
    message: 'The core died too often and is started in safe mode.',
    explanation: 'Nothing can be saved, all can be read. `core.died` before this line names the cause.',
  },
  'core.given-up': {
    level: 'error',
    message: 'The core died in safe mode too and is not started again.',
    explanation: '`core.died` names the cause. `masala-server restart` tries again.',
  },
  'core.start.hopeless': {
    level: 'error',
    message: 'The core cannot start, and trying again would not help.',
    explanation: '`exitCode` and `reason` say what to mend; then `masala-server start`.',
  },
  'watchdog.rearmed': {
    level: 'info',
    message: 'This PC slept or its clock jumped; the watchdog begins anew.',
    explanation: '`lateMs` is how late the own timer came. Nobody was accused.',
  },
} as const satisfies Record<string, LogEvent>;
