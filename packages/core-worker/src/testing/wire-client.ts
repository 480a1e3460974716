// A client for tests that speaks the wire by hand, so that it can also say what no client of ours would.

import { connect, type TLSSocket } from 'node:tls';
import { FrameReader, type Message, readMessage, requestFrame } from '@masala/protocol';

export type Response = Extract<Message, { type: 'response' }>;
export type ReceivedEvent = Extract<Message, { type: 'event' }>;

/** No answer of a test takes longer; a bound for what hangs. */
const PATIENCE_MS = 20_000;
const ANY_FRAME_BYTES = 64 * 1024 * 1024;

export class WireClient {
  readonly socket: TLSSocket;
  readonly events: ReceivedEvent[] = [];
  /** Responses with id 0: they concern the connection. */
  readonly farewells: Response[] = [];
  readonly closed: Promise<void>;
  readonly #waiting = new Map<number, (response: Response) => void>();
  readonly #watchers = new Set<() => void>();
  #nextId = 1;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    const reader = new FrameReader(ANY_FRAME_BYTES);
    socket.on('data', (chunk: Buffer) => reader.push(chunk, (body) => this.#take(readMessage(body))));
    socket.on('error', () => undefined); // a reset is a close like any other
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static connect(port: number, host = '127.0.0.1', localAddress?: string): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        port,
        host,
        rejectUnauthorized: false,
        ...(localAddress && { localAddress }),
      });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        resolve(new WireClient(socket));
      });
    });
  }

  /** Sends a request; the response, whatever it says. Rejects when the connection closes first. */
  request(method: string, params: unknown): Promise<Response> {
    const id = this.#nextId++;
    return this.send(requestFrame(id, method, params), id);
  }

  /** Sends bytes that hold a request of this id; its response. */
  send(bytes: Buffer, id: number): Promise<Response> {
    const answered = new Promise<Response>((resolve) => this.#waiting.set(id, resolve));
    this.socket.write(bytes);
    const gone = this.closed.then(() => {
      throw new Error(`the connection closed before request ${id} was answered`);
    });
    return within(`the answer to request ${id}`, Promise.race([answered, gone]));
  }

  /** The result of a request; an error is thrown with its code. */
  async call(method: string, params: unknown): Promise<Record<string, unknown>> {
    const { error, result } = await this.request(method, params);
    if (error !== null) throw new Error(`${method}: ${error.code} ${JSON.stringify(error.data)}`);
    return result as Record<string, unknown>;
  }

  /** The error code of a request; null where it succeeded. */
  async codeOf(method: string, params: unknown): Promise<string | null> {
    return (await this.request(method, params)).error?.code ?? null;
  }

  /** The code of the response with id 0 before the connection closed; null where there was none. */
  async farewell(): Promise<string | null> {
    await within('the close', this.closed);
    return this.farewells[0]?.error?.code ?? null;
  }

  async event(name: string): Promise<ReceivedEvent> {
    const found = () => this.events.find((event) => event.event === name);
    const appeared = new Promise<ReceivedEvent>((resolve) => {
      const look = () => {
        const event = found();
        if (event === undefined) return;
        this.#watchers.delete(look);
        resolve(event);
      };
      this.#watchers.add(look);
      look();
    });
    return await within(`the event ${name}`, appeared);
  }

  hello(): Promise<Record<string, unknown>> {
    const protocol = { minimum: 1, maximum: 1 };
    return this.call('session.hello', { protocol, client: { name: 'test', version: '0' } });
  }

  close(): void {
    this.socket.destroy();
  }

  #take(message: Message): void {
    if (message.type === 'event') this.events.push(message);
    else if (message.type === 'response' && message.id === 0) this.farewells.push(message);
    else if (message.type === 'response') {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
    for (const watcher of this.#watchers) watcher();
  }
}

export async function within<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
