// The errors of the server's states, which any call may meet.

import type { ErrorRow } from './error-row.ts';

export const serverStateErrors = {
  SERVER_STARTING: {
    message: 'The server is starting.',
    retryable: true,
    hint: 'Wait a moment; the client tries again by itself.',
  },
  SERVER_STOPPING: {
    message: 'The server is stopping and takes no new work.',
    retryable: true,
    hint: 'The client tries again by itself once the server is back.',
  },
  SERVER_IN_RECOVERY: {
    message: 'The server waits for the admin to restore its database.',
    retryable: true,
    hint: 'On the server PC `masala-server recover` asks what to do. Nothing is lost; the client tries again by itself.',
  },
  SERVER_LOCKED: {
    message: "The server's licence has ended.",
    retryable: true,
    hint: 'Ask the admin to renew the licence.',
  },
  READ_ONLY: {
    message: 'The server takes no changes at the moment.',
    retryable: true,
    hint: 'It runs in safe mode: the admin finds the reason with `masala-server status`.',
  },
  DISK_FULL: {
    message: "The server's disk is full; nothing was saved.",
    retryable: true,
    hint: 'Free space on the server PC. The client tries again by itself.',
  },
} as const satisfies Record<string, ErrorRow>;
