// Session: hello, pairing, sign-in, and what a signed-in device asks about itself.

import Type from 'typebox';
import { event, open, read, roles } from './define.ts';
import { answer, closed, Id, integer, nullable, Sha256, Time, text } from './shapes.ts';

export const RoleName = Type.Enum([...roles]);

export const ServerState = Type.Enum(['starting', 'recovery', 'running', 'draining', 'stopped']);
export const ServerFlag = Type.Enum(['read-only', 'degraded', 'locked', 'safe-mode']);

/** How an epoch began: with the server, by a restore or a salvage, or anew with an empty database. */
export const EpochOrigin = Type.Enum(['first', 'restore', 'salvage', 'fresh']);

/** One epoch of the ledger: where it branched off its parent. The first has no parent. */
export const EpochBranch = answer({
  epoch: Id,
  parent: nullable(Id),
  /** The last sequence and chain hash that it shares with its parent. */
  branchSequence: integer(0),
  branchHash: Sha256,
  origin: Type.Optional(EpochOrigin),
  /** When the epoch was begun, such as by the restore. */
  beganAt: Type.Optional(Time),
});

/** A device token: 32 bytes, base64url. */
const DeviceToken = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', secret: true });

export const sessionMethods = {
  'session.hello': open({
    meaning: 'Opens a connection: agrees on the protocol version and tells the state of the server.',
    input: closed({
      protocol: closed({ minimum: integer(1), maximum: integer(1) }),
      client: closed({ name: text(60), version: text(40) }),
    }),
    output: answer({
      protocol: integer(1),
      serverId: Sha256,
      name: Type.String(),
      version: Type.String(),
      state: ServerState,
      flags: Type.Array(ServerFlag),
      epoch: Id,
      /** Newest first: the present epoch, its parent, and so on. */
      lineage: Type.Array(EpochBranch),
      /** How often this server has been started; a greater one means that it restarted. */
      bootSequence: integer(0),
      serverTime: Time,
      frameMaxBytes: integer(1),
      /** A client that has nothing to say pings at least this often. */
      pingIntervalMs: integer(1),
    }),
    errors: ['PROTOCOL_VERSION_UNSUPPORTED'],
  }),
  'session.pair': open({
    meaning:
      'Trades the secret of a join code for a device. The same secret with the same token again is the same answer.',
    input: closed({
      /** The first ten characters of the join code. The client has checked the other five itself. */
      secret: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{10}$', secret: true }),
      token: DeviceToken,
      deviceName: text(60),
    }),
    output: answer({ deviceId: Id, role: RoleName, serverId: Sha256 }),
    errors: ['JOIN_CODE_INVALID', 'JOIN_TRIES_EXHAUSTED', 'DEVICES_TOO_MANY', 'READ_ONLY', 'DISK_FULL'],
  }),
  'session.authenticate': open({
    meaning: 'Signs the device in on this connection.',
    input: closed({ token: DeviceToken }),
    output: answer({ deviceId: Id, deviceName: Type.String(), role: RoleName }),
    errors: ['DEVICE_UNKNOWN', 'DEVICE_REVOKED'],
  }),
  'session.whoami': read({
    meaning: 'Tells who the server takes the caller for.',
    input: closed({}),
    output: answer({ deviceId: Id, deviceName: Type.String(), role: RoleName, serverId: Sha256, epoch: Id }),
  }),
  'session.ping': read({
    meaning: 'Keeps an idle connection open and proves that the server answers.',
    input: closed({}),
    output: answer({ serverTime: Time }),
  }),
  'session.subscribe': read({
    meaning: 'Names the events that this connection wants from now on; it replaces what was named before.',
    input: closed({ events: Type.Array(text(64), { maxItems: 32 }) }),
    output: answer({ events: Type.Array(Type.String()) }),
  }),
};

export const sessionEvents = {
  'session.lagged': event({
    meaning:
      'Events were dropped since the peer did not read them: it must reload what it shows. Sent unasked.',
    params: answer({ dropped: integer(1) }),
  }),
  'server.notice': event({
    meaning: 'Something that everybody at a desktop should know.',
    params: answer({
      notice: Type.Enum(['stopping', 'read-only', 'read-write', 'disk-full', 'disk-recovered']),
      at: Time,
    }),
  }),
};
