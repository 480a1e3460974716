// The serving end of the control channel: listens, demands the proof, runs the contract's handlers.

import { randomBytes } from 'node:crypto';
import { MasalaError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { LogEventName } from '../log-events.ts';
import { errorFrame, eventFrame, type Message, resultFrame } from '../wire/envelope.ts';
import type { FrameReader } from '../wire/framing.ts';
import type { ControlEndpoint } from './addresses.ts';
import type { ControlContract, ControlHandlers, ControlPeer } from './contract.ts';
import { type ByteConnection, listen } from './endpoint.ts';
import { CHALLENGE_EVENT, fieldOf, PROVE_METHOD, readMessages } from './messages.ts';
import { NONCE_BYTES, proofOf, proves } from './proof.ts';
import { misfit, type Schema } from './schema.ts';

/** A program of the server PC asks one thing after the other; 32 leave room for a dashboard that asks much at once. */
const REQUESTS_IN_FLIGHT_MAX = 32;

/** Answers on their way get this long at a close; a peer that does not read waits for nothing. */
const FLUSH_MAX_MS = 500;

export interface ServeControlOptions<C extends ControlContract> {
  readonly endpoint: ControlEndpoint<C>;
  /** From `controlToken(dataDir)`. */
  readonly token: Uint8Array;
  readonly handlers: ControlHandlers<C>;
  readonly log: (event: LogEventName, fields: Readonly<Record<string, unknown>>) => void;
}

export interface ControlServer {
  /** Whether callers still find it: somebody may have deleted its socket, or put another one in its place (not a pipe). */
  stands(): boolean;
  /** Sends what is answered, then ends every connection and listening; handlers that still run end unheard. */
  close(): Promise<void>;
}

/** Listens at the endpoint. Rejects with the system's error (EADDRINUSE when a living process answers there). */
export async function serveControl<C extends ControlContract>(
  options: ServeControlOptions<C>,
): Promise<ControlServer> {
  const open = new Set<ByteConnection>();
  const listener = await listen(options.endpoint.address, (connection) => {
    if (open.size >= limits.controlConnectionsMax) return connection.destroy();
    open.add(connection);
    void connection.closed.then(() => open.delete(connection));
    new Session(options, connection).begin();
  });
  return {
    stands: () => listener.stands(),
    async close() {
      const flushed = Promise.all([...open].map((connection) => connection.closed));
      for (const connection of open) connection.end();
      await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, FLUSH_MAX_MS).unref())]);
      await listener.close();
    },
  };
}

type AnyHandler = (params: unknown, peer: unknown) => unknown;

class Session<C extends ControlContract> {
  readonly #options: ServeControlOptions<C>;
  readonly #connection: ByteConnection;
  readonly #serverNonce = randomBytes(NONCE_BYTES);
  readonly #peer: ControlPeer<C>;
  #reader: FrameReader | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #proved = false;
  #refused = false;
  #inFlight = 0;

  constructor(options: ServeControlOptions<C>, connection: ByteConnection) {
    this.#options = options;
    this.#connection = connection;
    this.#peer = {
      closed: connection.closed,
      emit: (event, params) => connection.send(eventFrame(event, params)),
    };
  }

  begin(): void {
    this.#reader = readMessages(
      this.#connection,
      limits.frameBeforeAuthenticationMaxBytes,
      (message) => this.#take(message),
      (error) => this.#refuse(error.code),
    );
    this.#deadline = setTimeout(() => this.#refuse('DEADLINE_EXCEEDED'), limits.controlHandshakeMs);
    void this.#connection.closed.then(() => clearTimeout(this.#deadline));
    this.#connection.send(eventFrame(CHALLENGE_EVENT, { nonce: this.#serverNonce }));
  }

  #take(message: Message): void {
    if (this.#refused) return; // it had its one try
    if (this.#proved) this.#takeRequest(message);
    else this.#takeProof(message);
  }

  #refuse(code: string): void {
    this.#logRefusal(code);
    this.#connection.destroy();
  }

  #logRefusal(code: string): void {
    this.#refused = true;
    clearTimeout(this.#deadline);
    this.#options.log('control.refused', { code, endpoint: this.#options.endpoint.contract.name });
  }

  #takeProof(message: Message): void {
    const params = message.type === 'request' && message.method === PROVE_METHOD ? message.params : undefined;
    const clientNonce = fieldOf(params, 'nonce');
    const { token, endpoint } = this.#options;
    if (
      message.type !== 'request' ||
      !(clientNonce instanceof Uint8Array) ||
      clientNonce.length !== NONCE_BYTES
    ) {
      return this.#refuse('NOT_AUTHENTICATED');
    }
    const challenge = { serverNonce: this.#serverNonce, clientNonce, endpoint: endpoint.contract.name };
    if (!proves(token, 'client', challenge, fieldOf(params, 'proof'))) {
      // Told in words, so that the caller can tell a wrong token from a process that is just ending.
      this.#connection.send(errorFrame(message.id, new MasalaError('NOT_AUTHENTICATED').toWire()));
      this.#connection.end();
      setTimeout(() => this.#connection.destroy(), FLUSH_MAX_MS).unref();
      return this.#logRefusal('NOT_AUTHENTICATED');
    }
    clearTimeout(this.#deadline);
    this.#proved = true;
    if (this.#reader !== undefined) this.#reader.limitBytes = limits.controlFrameMaxBytes;
    this.#connection.send(resultFrame(message.id, { proof: proofOf(token, 'server', challenge) }));
  }

  #takeRequest(message: Message): void {
    if (message.type !== 'request') return this.#refuse('FRAME_MALFORMED');
    if (this.#inFlight >= REQUESTS_IN_FLIGHT_MAX) {
      this.#connection.send(errorFrame(message.id, new MasalaError('TOO_MANY_REQUESTS').toWire()));
      return;
    }
    this.#inFlight += 1;
    void this.#answer(message.id, message.method, message.params).finally(() => {
      this.#inFlight -= 1;
    });
  }

  async #answer(id: number, method: string, params: unknown): Promise<void> {
    try {
      const result = await this.#run(method, params);
      this.#connection.send(resultFrame(id, result));
    } catch (error) {
      this.#connection.send(errorFrame(id, this.#asWire(method, error)));
    }
  }

  async #run(method: string, params: unknown): Promise<unknown> {
    const { endpoint, handlers } = this.#options;
    const methods: Readonly<Record<string, { params: Schema }>> = endpoint.contract.methods;
    const declared = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (declared === undefined) throw new MasalaError('METHOD_UNKNOWN', { method });
    const problem = misfit(declared.params, params);
    if (problem !== undefined) throw new MasalaError('PARAMS_INVALID', { problems: [problem] });
    const handler = handlers[method as keyof typeof handlers] as AnyHandler;
    return await handler(params, this.#peer);
  }

  #asWire(method: string, error: unknown) {
    if (error instanceof MasalaError) return error.toWire();
    const incidentId = randomBytes(6).toString('hex');
    this.#options.log('rpc.request.failed', { incidentId, method, error });
    return new MasalaError('INTERNAL', undefined, { incidentId }).toWire();
  }
}
