// The web host's HTTP server: judges each request, then answers it with the sign-in, the desk or a file of the page.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ErrorCode, MasalaError } from '@masala/protocol/tables';
import type { BridgeError, BridgeEvent, HostFacts } from '../bridge/bridge.ts';
import { BEAT_MS, type DoorAnswer, SESSION_HEADER, signInNeeded } from '../bridge/browser-session.ts';
import { EventStreams, STREAMS_MAX } from './event-streams.ts';
import { readBody } from './request-body.ts';
import { judge, type RequestKind, type Verdict } from './request-rules.ts';
import { scriptPolicy, secureHeaders } from './response-headers.ts';
import type { SignIn } from './sign-in.ts';
import { refusedPage, signedInPage } from './sign-in-pages.ts';
import type { StaticFiles } from './static-files.ts';

const LOOPBACK = '127.0.0.1';

/** A browser's requests come whole, in one packet; who takes seconds for one only holds a place. */
const HEADERS_MAX_MS = 5_000;
const REQUEST_MAX_MS = 10_000;
const LATE_CHECK_MS = 1_000;
/** Six a browser, and room for those that are just closed; what comes beyond is closed at once. */
const CONNECTIONS_MAX = 64;
/** Every port of this PC shares the cookies, and another program's page may plant 180 of 4 KB: they must not keep ours out. */
const HEADER_MAX_BYTES = 1024 * 1024;

export interface WebServerOptions {
  readonly files: StaticFiles;
  readonly signIn: SignIn;
  readonly facts: HostFacts;
  readonly ask: (name: string, params: unknown) => Promise<unknown>;
  readonly listen: (listener: (event: BridgeEvent) => void) => () => void;
  readonly bridgeErrorOf: (error: unknown) => BridgeError;
  /** A token was used: its file is of no use any more. */
  readonly onSignIn: (token: string) => void;
  readonly onRefused: (fields: Readonly<Record<string, unknown>>) => void;
}

export interface WebServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly pages: number;
  close(): Promise<void>;
}

/** Listens on a free port of loopback. Rejects with the system's error where there is none. */
export async function serveWeb(options: WebServerOptions): Promise<WebServer> {
  const streams = new EventStreams(options.listen);
  const server = createServer({
    headersTimeout: HEADERS_MAX_MS,
    requestTimeout: REQUEST_MAX_MS,
    connectionsCheckingInterval: LATE_CHECK_MS,
    maxHeaderSize: HEADER_MAX_BYTES,
    requireHostHeader: true,
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, (error) => void options.bridgeErrorOf(error));
  const authority = `${LOOPBACK}:${(server.address() as AddressInfo).port}`;
  const answerer = new Answerer(options, streams, authority);
  server.on('request', (request, response) => answerer.take(request, response));
  return {
    origin: `http://${authority}`,
    get pages() {
      return streams.count;
    },
    async close() {
      streams.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listening(server: Server, onFault: (error: Error) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      server.off('error', reject);
      // Such as a connection that could not be taken, since too many files are open: the next one may be.
      server.on('error', onFault);
      resolve();
    });
  });
}

const refusals: Readonly<Record<403 | 404 | 405 | 413 | 415 | 429 | 400, ErrorCode>> = {
  400: 'PARAMS_INVALID',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_UNKNOWN',
  413: 'FRAME_TOO_LARGE',
  415: 'PARAMS_INVALID',
  429: 'TOO_MANY_REQUESTS',
};

class Answerer {
  readonly #options: WebServerOptions;
  readonly #streams: EventStreams;
  readonly #authority: string;

  constructor(options: WebServerOptions, streams: EventStreams, authority: string) {
    this.#options = options;
    this.#streams = streams;
    this.#authority = authority;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const asked = { method: request.method ?? '', path, headers: request.headers };
    const verdict = judge(asked, this.#authority, (name) => this.#options.files.has(name));
    // A page that breaks off needs no answer; everything else that fails is told, and logged.
    const failed = (error: unknown) => {
      if (!request.destroyed) this.#send(response, 500, { error: this.#options.bridgeErrorOf(error) });
    };
    if (verdict.type === 'refused') this.#refuseVerdict(asked, verdict, response);
    else this.#answer(verdict.kind, path, request, response).catch(failed);
  }

  async #answer(
    kind: RequestKind,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (kind === 'file') return this.#sendFile(path, request.method === 'HEAD', response);
    if (kind === 'sign-in') return await this.#signIn(request, response);
    const session = request.headers[SESSION_HEADER];
    if (typeof session !== 'string' || !this.#options.signIn.use(session))
      return this.#send(response, 401, { error: signInNeeded }, { Connection: 'close' });
    if (kind === 'door') return await this.#door(request, response);
    if (this.#streams.count >= STREAMS_MAX) return this.#refuse(response, 429);
    this.#streams.add(response, secureHeaders, () => void this.#options.signIn.use(session));
  }

  #sendFile(path: string, isHead: boolean, response: ServerResponse): void {
    const file = this.#options.files.get(path);
    if (file === undefined) return this.#refuse(response, 404);
    response.writeHead(200, {
      ...secureHeaders,
      'Cache-Control': file.cacheControl,
      'Content-Type': file.type,
      'Content-Length': file.content.length,
    });
    response.end(isHead ? undefined : file.content);
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) return this.#refuse(response, 413);
    const token = new URLSearchParams(body).get('token') ?? '';
    const opened = this.#options.signIn.redeem(token);
    this.#options.onSignIn(token);
    const nonce = randomBytes(16).toString('base64url');
    response.writeHead(opened === null ? 403 : 200, {
      ...secureHeaders,
      'Content-Security-Policy': scriptPolicy(nonce),
      'Content-Type': 'text/html; charset=utf-8',
    });
    if (opened === null) {
      this.#options.onRefused({ path: '/sign-in', status: 403 });
      response.end(refusedPage);
    } else response.end(signedInPage(opened.session, opened.path, this.#options.facts, nonce));
  }

  async #door(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) return this.#refuse(response, 413);
    const asked = readDoor(body);
    if (asked === undefined) return this.#refuse(response, 400);
    response.writeHead(200, { ...secureHeaders, 'Content-Type': 'application/json; charset=utf-8' });
    const blanks = setInterval(() => response.write(' '), BEAT_MS);
    response.once('close', () => clearInterval(blanks));
    const answer = await this.#options.ask(asked.name, asked.params).then(
      (result): DoorAnswer => ({ result: result ?? null }),
      (error: unknown): DoorAnswer => ({ error: this.#options.bridgeErrorOf(error) }),
    );
    clearInterval(blanks);
    response.end(JSON.stringify(answer));
  }

  #refuseVerdict(
    asked: { readonly method: string; readonly path: string },
    { status, allow }: Extract<Verdict, { type: 'refused' }>,
    response: ServerResponse,
  ): void {
    if (status === 403) this.#options.onRefused({ method: asked.method, path: asked.path, status });
    this.#refuse(response, status, allow === undefined ? {} : { Allow: allow });
  }

  #refuse(
    response: ServerResponse,
    status: keyof typeof refusals,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const error = this.#options.bridgeErrorOf(new MasalaError(refusals[status]));
    // Whatever of the request is still on its way is not read: the connection is of no further use.
    this.#send(response, status, { error }, { ...headers, Connection: 'close' });
  }

  #send(
    response: ServerResponse,
    status: number,
    answer: DoorAnswer,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    if (response.headersSent) return void response.destroy();
    response.writeHead(status, {
      ...secureHeaders,
      ...headers,
      'Content-Type': 'application/json; charset=utf-8',
    });
    response.end(JSON.stringify(answer));
  }
}

/** Undefined for what is no question: it does not come from our page. */
function readDoor(body: string): { readonly name: string; readonly params: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const { name, params } = (value ?? {}) as Record<string, unknown>;
    return typeof name === 'string' ? { name, params: params ?? {} } : undefined;
  } catch {
    return undefined;
  }
}
