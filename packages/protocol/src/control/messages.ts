// Bytes of a control connection to messages: the step between endpoint.ts and the two ends in serve.ts and connect.ts.

import { MasalaError } from '../errors.ts';
import { type Message, readMessage } from '../wire/envelope.ts';
import { FrameReader } from '../wire/framing.ts';
import type { ByteConnection } from './endpoint.ts';

/** The name of the first event, sent by the server: `{ nonce }`. */
export const CHALLENGE_EVENT = 'challenge';
/** The name of the first request, sent by the client: `{ nonce, proof }`, answered by `{ proof }`. */
export const PROVE_METHOD = 'prove';

/**
 * Hands out each message of a connection. A frame over the limit or one that does not decode ends the connection,
 * after `onBroken` has been told why. Returns the reader, whose limit may be changed.
 */
export function readMessages(
  connection: ByteConnection,
  limitBytes: number,
  onMessage: (message: Message) => void,
  onBroken: (error: MasalaError) => void,
): FrameReader {
  const reader = new FrameReader(limitBytes);
  let broken = false;
  connection.onBytes((chunk) => {
    if (broken) return;
    try {
      reader.push(chunk, (body) => {
        if (!broken) onMessage(readMessage(body));
      });
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      broken = true;
      onBroken(error);
      connection.destroy();
    }
  });
  return reader;
}

/** A field of a message whose shape nobody has checked yet; undefined where there is none. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
