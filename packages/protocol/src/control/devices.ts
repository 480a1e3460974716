// What the control contract says of the devices that are paired with the server, and of the join codes that let them in.
//
// Times are UTC milliseconds.

import { integer, integerOrNull, nothing, text, textOrNull } from './shapes.ts';

export const role = {
  enum: ['admin', 'office', 'goods-in', 'production', 'dispatch', 'viewer'],
} as const;

export const device = {
  type: 'object',
  required: ['deviceId', 'name', 'role', 'pairedAt', 'lastSeenAt', 'revokedAt', 'connected', 'offerId'],
  properties: {
    deviceId: text,
    name: text,
    role,
    pairedAt: integer,
    lastSeenAt: integerOrNull,
    revokedAt: integerOrNull,
    connected: { type: 'boolean' },
    /** Of the join code that it used; null where that was before the start of this core. */
    offerId: textOrNull,
  },
} as const;

export const pair = {
  params: { type: 'object', properties: { role } },
  result: {
    type: 'object',
    required: ['offerId', 'code', 'expiresAt'],
    properties: {
      /** Tells later who has used the code, without telling the code. */
      offerId: text,
      code: text,
      expiresAt: integer,
    },
  },
} as const;

export const devicesList = {
  params: nothing,
  result: {
    type: 'object',
    required: ['devices', 'openOffers'],
    properties: {
      devices: { type: 'array', items: device },
      /** The `offerId` of each join code that waits for a device: not used, not expired, not burned by guesses. */
      openOffers: { type: 'array', items: text },
    },
  },
} as const;

export const devicesRevoke = {
  params: {
    type: 'object',
    required: ['deviceId'],
    properties: { deviceId: text },
  },
  result: {
    type: 'object',
    required: ['deviceId', 'revokedAt'],
    properties: { deviceId: text, revokedAt: integer },
  },
} as const;
