// System: the server about itself.

import Type from 'typebox';
import { read } from './define.ts';
import { EpochBranch, ServerFlag, ServerState } from './session.ts';
import { answer, closed, Id, integer, Sha256, Time } from './shapes.ts';

export const systemMethods = {
  'system.status': read({
    meaning: 'State, clients and load of the server.',
    input: closed({}),
    output: answer({
      state: ServerState,
      flags: Type.Array(ServerFlag),
      serverId: Sha256,
      name: Type.String(),
      version: Type.String(),
      epoch: Id,
      lineage: Type.Array(EpochBranch),
      bootSequence: integer(0),
      port: integer(0, 65_535),
      clients: integer(0),
      startedAt: Time,
      serverTime: Time,
      /** The sequence of the newest command on disk. */
      lastSequence: integer(0),
      queueDepth: integer(0),
      eventLoopLagMs: Type.Number({ minimum: 0 }),
    }),
  }),
};
