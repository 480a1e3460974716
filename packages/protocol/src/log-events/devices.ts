// What the core logs of its identity, of devices, and of being found on the network.

import type { LogEvent } from './log-event.ts';

export const deviceEvents = {
  'identity.created': {
    level: 'info',
    message: "The server's key and certificate were made.",
    explanation: 'Expected at the first start only. `serverId` is the identity that clients pin.',
  },
  'pairing.code.created': {
    level: 'info',
    message: 'A join code was made.',
    explanation: 'Role and end of life; never the code itself.',
  },
  'pairing.succeeded': {
    level: 'info',
    message: 'A device was paired.',
    explanation: 'Device, name, role, address.',
  },
  'pairing.failed': {
    level: 'warn',
    message: 'A wrong join code was tried.',
    explanation: '`address` and how many tries are left. Many from one address: somebody guesses.',
  },
  'device.revoked': {
    level: 'info',
    message: 'A device was revoked.',
    explanation: 'Its connections are closed at once.',
  },
  'discovery.announcing': {
    level: 'info',
    message: 'The server can be found on the network.',
    explanation: 'The UDP port and how often.',
  },
  'discovery.send.failed': {
    level: 'debug',
    message: 'An announcement could not be sent.',
    explanation: 'A network card is down or has no address. Other cards are tried all the same.',
  },
} as const satisfies Record<string, LogEvent>;
