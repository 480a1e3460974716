// The greeting that opens every connection, for a paired device and for one that pairs.

import { MasalaError, methods, PROTOCOL_VERSION, problemsOf, type Result } from '@masala/protocol';
import manifest from '../package.json' with { type: 'json' };
import type { Channel } from './channel.ts';

export type Hello = Result<'session.hello'>;

/** Who speaks, for the server's log. */
export interface ClientName {
  readonly name: string;
  readonly version: string;
}

export const libraryName: ClientName = { name: 'masala-client', version: manifest.version };

/** Sends session.hello and checks what comes back, since the rest of the connection is built on it. */
export async function greet(channel: Channel, client: ClientName): Promise<Hello> {
  const protocol = { minimum: PROTOCOL_VERSION, maximum: PROTOCOL_VERSION };
  const hello = await channel.ask('session.hello', { protocol, client });
  const problems = problemsOf(methods['session.hello'].output, hello);
  if (problems.length > 0) throw new MasalaError('FRAME_MALFORMED', { method: 'session.hello', problems });
  return hello as Hello;
}
