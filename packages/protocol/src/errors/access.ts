// The errors of who may: devices, roles and join codes, and what a client needs in order to find its server and be known to it.

import type { ErrorRow } from './error-row.ts';

export const accessErrors = {
  NOT_AUTHENTICATED: {
    message: 'The device has not signed in on this connection.',
    retryable: false,
    hint: 'Pair the device with `masala pair CODE`.',
  },
  DEVICE_UNKNOWN: {
    message: 'The server does not know this device.',
    retryable: false,
    hint: 'Pair the device again: the admin makes a code with `masala-server pair`.',
  },
  DEVICE_REVOKED: {
    message: 'The access of this device was revoked.',
    retryable: false,
    hint: 'Ask the admin. A new code from `masala-server pair` lets the device in again.',
  },
  FORBIDDEN: {
    message: 'The role of this device does not allow the call.',
    retryable: false,
    hint: '`data.roles` names the roles that may.',
  },
  JOIN_CODE_INVALID: {
    message: 'The join code is wrong, used or expired.',
    retryable: false,
    hint: 'Make a new one on the server PC with `masala-server pair`.',
  },
  JOIN_CODE_MISTYPED: {
    message: 'The join code does not belong to this server, or was mistyped. Nothing was sent.',
    retryable: false,
    hint: 'Compare it letter by letter; if it is right, this is not the server it was made on.',
  },
  JOIN_TRIES_EXHAUSTED: {
    message: 'Too many wrong join codes were tried.',
    retryable: false,
    hint: 'Wait five minutes, then make a new code on the server PC.',
  },
  JOIN_CODES_TOO_MANY: {
    message: 'Too many join codes are open at once.',
    retryable: false,
    hint: 'Use one of them or wait until they expire (5 minutes).',
  },
  DEVICES_TOO_MANY: {
    message: 'The server has as many devices as it takes.',
    retryable: false,
    hint: 'Revoke devices that are no longer used: `masala-server devices`.',
  },
  SERVER_IDENTITY_MISMATCH: {
    message: 'The server is not the one that this device was paired with. Nothing was sent.',
    retryable: false,
    hint: 'If the server PC was replaced, pair again; else tell the admin: somebody may pretend to be the server.',
  },
  SERVER_NOT_FOUND: {
    message: 'No server was found on the network.',
    retryable: true,
    hint: 'Check that the server PC is switched on and in the same network, or name it: --server HOST:PORT.',
  },
  PROFILE_MISSING: {
    message: 'This device is not paired with a server yet.',
    retryable: false,
    hint: 'Make a code on the server PC with `masala-server pair`, then run `masala pair CODE` here.',
  },
  PROFILE_DAMAGED: {
    message: "The device's profile cannot be read.",
    retryable: false,
    hint: '`data.path` names the file. Move it away and pair the device again with `masala pair CODE`.',
  },
  PROFILE_FROM_FUTURE: {
    message: "The device's profile was written by a newer version of Masala.",
    retryable: false,
    hint: 'Update Masala on this PC.',
  },
  PROFILE_UNUSABLE: {
    message: "The device's profile folder cannot be used: what was saved is not kept here as well.",
    retryable: false,
    hint: 'It is saved on the server all the same. Free space on this PC, and see that the folder is yours.',
  },
} as const satisfies Record<string, ErrorRow>;
