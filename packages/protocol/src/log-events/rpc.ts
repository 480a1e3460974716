// What the core logs of its connections with clients.

import type { LogEvent } from './log-event.ts';

export const rpcEvents = {
  'rpc.listening': {
    level: 'info',
    message: 'The server listens for clients.',
    explanation: 'Address and port.',
  },
  'rpc.connection.opened': {
    level: 'info',
    message: 'A device signed in.',
    explanation: 'Device, address, version of the client.',
  },
  'rpc.connection.closed': {
    level: 'info',
    message: 'A device went away.',
    explanation: '`reason`, and how many requests it had made.',
  },
  'rpc.connection.refused': {
    level: 'warn',
    message: 'A connection was refused.',
    explanation: '`code` is from the error table, `address` says who.',
  },
  'rpc.peer.slow': {
    level: 'warn',
    message: 'A peer was too slow and was disconnected.',
    explanation: '`phase` says which bound it reached: handshake, frame, write or idle.',
  },
  'rpc.frame.rejected': {
    level: 'warn',
    message: 'A frame could not be read; its connection was closed.',
    explanation:
      'A broken client, a port scan, or another program on the port. `code` and `reason` say what.',
  },
  'rpc.request.failed': {
    level: 'error',
    message: 'A request met an unexpected error.',
    explanation: '`incidentId` is what the user was told; `method` and `error` say where.',
  },
  'rpc.request.slow': {
    level: 'warn',
    message: 'A request took longer than its deadline.',
    explanation: '`method` and `elapsedMs`.',
  },
  'rpc.events.lagged': {
    level: 'warn',
    message: 'A session did not read its events and was told to reload.',
    explanation: 'A desktop that sleeps or hangs. It costs the server nothing.',
  },
} as const satisfies Record<string, LogEvent>;
