// Serves the built page to Electron's window over our own scheme, with the very headers that the web host gives.

import { secureHeaders } from '../browser-host/response-headers.ts';
import type { StaticFiles } from '../browser-host/static-files.ts';
import { isOwnAddress } from './decisions.ts';

/** The answer to a request of our scheme: a file of the page, or 404. */
export function answerPageRequest(
  files: StaticFiles,
  request: { readonly method: string; readonly url: string },
): Response {
  const isAsked = request.method === 'GET' && isOwnAddress(request.url);
  const file = isAsked ? files.get(new URL(request.url).pathname) : undefined;
  if (file === undefined) return new Response(null, { status: 404, headers: secureHeaders });
  return new Response(new Uint8Array(file.content), {
    headers: { ...secureHeaders, 'Content-Type': file.type, 'Cache-Control': file.cacheControl },
  });
}
