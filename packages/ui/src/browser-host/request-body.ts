// Reads the body of a request whole, up to a limit.

import type { IncomingMessage } from 'node:http';

/** As long as a request on the control channel may be: what the page asks goes there. */
export const BODY_MAX_BYTES = 256 * 1024;

/** The body, or null where it is too long. Rejects when the request breaks off. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX_BYTES) return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
