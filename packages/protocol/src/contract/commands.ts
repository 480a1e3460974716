// Commands: what a client asks about its own writes after the server's history was branched.

import Type from 'typebox';
import { limits } from '../limits.ts';
import { read } from './define.ts';
import { answer, CommandId, closed, Id } from './shapes.ts';

export const commandMethods = {
  'commands.missing': read({
    meaning:
      'Which of these command ids this history has no row of, in the order asked. An id that was refused, or given by another device, is not missing.',
    input: closed({ commandIds: Type.Array(CommandId, { maxItems: limits.commandsAskedMax }) }),
    output: answer({ missing: Type.Array(Id) }),
  }),
};
