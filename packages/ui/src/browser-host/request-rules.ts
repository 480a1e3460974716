// Which requests the web host takes at all, before anybody looks at the session. Pure.
//
// Every page in the browser can send requests to a port of this PC. What gives them away is the browser's own word: Host
// (another name was made to point here), Origin and Sec-Fetch-Site (another page asks).

/** Of a request, as far as the rules look at it; header names in lower case. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type RequestKind = 'sign-in' | 'door' | 'events' | 'file';

export type Verdict =
  | { readonly type: 'taken'; readonly kind: RequestKind }
  | { readonly type: 'refused'; readonly status: 403 | 404 | 405 | 415; readonly allow?: string };

const methods: Readonly<Record<RequestKind, readonly string[]>> = {
  'sign-in': ['POST'],
  door: ['POST'],
  events: ['GET'],
  file: ['GET', 'HEAD'],
};

/** The content types of what is posted; a page of another origin may send the form's without being asked, but never JSON. */
const contentTypes: Partial<Record<RequestKind, string>> = {
  'sign-in': 'application/x-www-form-urlencoded',
  door: 'application/json',
};

/** Whether a request is taken. `authority`: exactly how the host is addressed, such as `127.0.0.1:49152`. */
export function judge(request: AskedRequest, authority: string, isFile: (path: string) => boolean): Verdict {
  if (request.headers['host'] !== authority) return { type: 'refused', status: 403 };
  const kind = kindOf(request.path, isFile);
  if (kind === undefined) return { type: 'refused', status: 404 };
  const allowed = methods[kind];
  if (!allowed.includes(request.method)) return { type: 'refused', status: 405, allow: allowed.join(', ') };
  if (!isOfOurPage(request, kind, `http://${authority}`)) return { type: 'refused', status: 403 };
  const wanted = contentTypes[kind];
  if (wanted !== undefined && mediaType(request.headers['content-type']) !== wanted)
    return { type: 'refused', status: 415 };
  return { type: 'taken', kind };
}

function kindOf(path: string, isFile: (path: string) => boolean): RequestKind | undefined {
  if (path === '/sign-in') return 'sign-in';
  if (path === '/door') return 'door';
  if (path === '/events') return 'events';
  return isFile(path) ? 'file' : undefined;
}

function isOfOurPage({ headers }: AskedRequest, kind: RequestKind, ownOrigin: string): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (kind === 'sign-in') return isSignIn(headers, ownOrigin);
  if (kind === 'door' && origin !== ownOrigin) return false;
  if (origin !== undefined && origin !== ownOrigin) return false;
  // Absent in old browsers, whose Origin and whose missing session header have to do; none: typed, or a bookmark.
  return site === undefined || site === 'same-origin' || (kind === 'file' && site === 'none');
}

/**
 * The sign-in is posted by a page from a file: it has no origin, and counts as another site. Its token is what counts. But it goes
 * to the whole tab: what a script or a frame posts is another page's, which could try tokens by the thousand.
 */
function isSignIn(headers: AskedRequest['headers'], ownOrigin: string): boolean {
  const fits = (name: string, ...values: (string | undefined)[]) =>
    values.some((value) => headers[name] === value);
  return (
    fits('origin', undefined, 'null', ownOrigin) &&
    fits('sec-fetch-mode', undefined, 'navigate') &&
    fits('sec-fetch-dest', undefined, 'document')
  );
}

function mediaType(contentType: string | string[] | undefined): string | undefined {
  return typeof contentType === 'string' ? contentType.split(';', 1)[0]?.trim().toLowerCase() : undefined;
}
