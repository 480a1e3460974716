// What is logged of the tray icon, notifications and the dashboard.

import type { LogEvent } from './log-event.ts';

export const desktopEvents = {
  'tray.ready': {
    level: 'info',
    message: 'The tray icon is there.',
    explanation:
      '`trayHostPid`, `helperPid`. Some desktops show no tray at all: the dashboard works without it.',
  },
  'tray.unavailable': {
    level: 'info',
    message: 'This server shows no tray icon.',
    explanation: '`reason`, mostly that there is no display. Nothing to do: `masala-server` does the same.',
  },
  'tray.lost': {
    level: 'warn',
    message: 'The tray icon went away and is brought back.',
    explanation: '`reason`, `nextTryMs`. The server is not touched by it.',
  },
  'tray.resting': {
    level: 'warn',
    message: 'The tray icon cannot be shown at present and is tried again now and then.',
    explanation: '`reason`, `nextTryMs`; not logged again until it is there. `masala-server` does the same.',
  },
  'notification.failed': {
    level: 'warn',
    message: 'A notification could not be shown on this PC.',
    explanation: '`reason`; not logged again until one is shown. Status and dashboard say the same.',
  },
  'dashboard.opened': {
    level: 'info',
    message: 'The dashboard was opened.',
    explanation: '`host` says whether in its own window (electron) or in the default browser; `hostPid`.',
  },
  'dashboard.open.failed': {
    level: 'warn',
    message: 'The dashboard could not be opened.',
    explanation:
      '`code`, `reason`; logs/dashboard-stderr.log has its last words. The server is not touched by it. `masala-server open` tries again.',
  },
  'dashboard.host.hung': {
    level: 'warn',
    message: 'A process of the dashboard hung.',
    explanation:
      '`pids`: they did not answer and were ended, unless another program may have the pid by now. The server is not touched by it.',
  },
  'dashboard.started': {
    level: 'info',
    message: 'The web host of the dashboard listens.',
    explanation: '`origin` is its address on this PC. In logs/dashboard-stderr.log, as all that it says.',
  },
  'dashboard.ended': {
    level: 'info',
    message: 'The web host of the dashboard has ended.',
    explanation:
      'No page was open for ten minutes, or the server was stopped. It is started again when it is needed.',
  },
  'dashboard.request.refused': {
    level: 'warn',
    message: 'The host of the dashboard refused a request.',
    explanation:
      '`path` or `address`: an old link, or another page or program of this PC that tried; `count` of them since the last such line. Without a sign-in nobody gets anything.',
  },
  'dashboard.fault': {
    level: 'error',
    message: 'An unexpected error happened in the host of the dashboard.',
    explanation:
      '`error` has the stack, `incidentId` is what the page showed. The server is not touched by it.',
  },
  'dashboard.window.gone': {
    level: 'warn',
    message: "The process of the dashboard's window ended.",
    explanation:
      '`reason`. It is loaded again; after three times in a minute the window closes. The server is not touched by it.',
  },
} as const satisfies Record<string, LogEvent>;
