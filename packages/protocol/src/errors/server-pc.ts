// The errors that only the server PC meets: its settings, its dashboard and the control channel.

import type { ErrorRow } from './error-row.ts';

export const serverPcErrors = {
  SETTINGS_INVALID: {
    message: 'The settings are invalid.',
    retryable: false,
    hint: 'Mend each problem that is named; `masala-server settings list` shows what each setting may be.',
  },
  SETTINGS_UNWRITABLE: {
    message: 'The settings could not be written into settings.json.',
    retryable: true,
    hint: 'Nothing was changed. Give this user the right to write into the data directory, and try again.',
  },
  DASHBOARD_UNAVAILABLE: {
    message: 'The dashboard could not be opened; the server runs on.',
    retryable: true,
    hint: '`data.reason` and logs/dashboard-stderr.log say why. `masala-server` can do all that the dashboard can.',
  },
  DASHBOARD_HUNG: {
    message: 'The program of the dashboard did not answer; the server runs on.',
    retryable: true,
    hint: 'Open it again: what hung was ended. If it stays so, end the processes in `data.pids`; logs/dashboard-stderr.log may say why.',
  },
  NOTIFICATIONS_UNAVAILABLE: {
    message: 'The program of the dashboard cannot show notifications.',
    retryable: false,
    hint: "Nothing: the server shows it in the desktop's own way.",
  },
  CONTROL_REFUSED: {
    message: 'The process behind the control channel could not prove that it is ours.',
    retryable: false,
    hint: 'Only the user who started the server may command it. Check the data directory and the user.',
  },
  CONTROL_UNREACHABLE: {
    message: 'No server answers on the control channel.',
    retryable: true,
    hint: 'Start it with `masala-server start`.',
  },
} as const satisfies Record<string, ErrorRow>;
