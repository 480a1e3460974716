// The errors of frames and calls, whatever the method.

import type { ErrorRow } from './error-row.ts';

export const callErrors = {
  FRAME_TOO_LARGE: {
    message: 'The frame is larger than allowed; the connection is closed.',
    retryable: false,
    hint: 'Send less in one call; `data.limitBytes` names the limit.',
  },
  FRAME_MALFORMED: {
    message: 'The frame is not a valid msgpack message; the connection is closed.',
    retryable: false,
    hint: 'Check the client against docs/protocol.md.',
  },
  PROTOCOL_VERSION_UNSUPPORTED: {
    message: 'Server and client have no protocol version in common.',
    retryable: false,
    hint: 'Update the older of the two; `data` names both ranges.',
  },
  HANDSHAKE_REQUIRED: {
    message: 'The first call of a connection must be session.hello.',
    retryable: false,
    hint: 'Check the client against docs/protocol.md.',
  },
  METHOD_UNKNOWN: {
    message: 'The server has no such method.',
    retryable: false,
    hint: '`data.nearest` names the most similar one. An older server may lack a new method: update it.',
  },
  PARAMS_INVALID: {
    message: 'The params do not fit the method.',
    retryable: false,
    hint: '`data.problems` names each field and what it must be.',
  },
  TOO_MANY_REQUESTS: {
    message: 'The connection has too many requests unanswered.',
    retryable: true,
    hint: 'Wait for answers before asking more.',
  },
  TOO_MANY_CONNECTIONS: {
    message: 'The server has no place for another connection.',
    retryable: true,
    hint: 'Close programs that are not in use; the limit is the setting connections.max.',
  },
  SERVER_BUSY: {
    message: 'The server has more work waiting than it takes on.',
    retryable: true,
    hint: 'The client tries again by itself.',
  },
  DEADLINE_EXCEEDED: {
    message: 'The call was not answered within its deadline.',
    retryable: true,
    hint: 'Try again; if it lasts, look at the server PC.',
  },
  INTERNAL: {
    message: 'The server met an unexpected error.',
    retryable: false,
    hint: 'Give the incident number to support: it finds the log line.',
  },
  CONNECTION_LOST: {
    message: 'The connection to the server went away.',
    retryable: true,
    hint: 'The client reconnects by itself. If it lasts, check that the server PC is switched on.',
  },
  CANCELLED: {
    message: 'The call was cancelled by its caller.',
    retryable: false,
    hint: 'A cancelled write may have been booked all the same: look before entering it again.',
  },
} as const satisfies Record<string, ErrorRow>;
