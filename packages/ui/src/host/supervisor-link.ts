// The desk's connection to the supervisor: found again whenever it is lost, also after another one took its place, and
// asked so often that one that hangs is seen.

import {
  type ControlConnection,
  connectControl,
  endpointToCall,
  type MethodName,
  type ParamsOf,
  type ResultOf,
  readControlToken,
  type ServerStatus,
  type SupervisorControl,
  supervisorControl,
  type WorkProgress,
} from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';

/** A supervisor that starts listens within a tenth of a second; one that is gone is asked so often for nothing. */
const RETRY_MS = 200;

/** The page has to know within a second; an answer comes in a millisecond. */
const BEAT_MS = 1_000;

/** It answers from memory: longer than this it hangs, or the PC does. */
const BEAT_TIMEOUT_MS = 1_500;

/** The answer waits up to a second, twice, for a core that does not answer. */
const REFRESH_TIMEOUT_MS = 5_000;

/** A page that asks while the supervisor is just started again waits for it instead of failing. */
const PATIENCE_MS = 2_000;

export interface SupervisorLinkOptions {
  readonly dataDir: string;
  /**
   * The newest status; null while the supervisor does not answer. The same one may come again, and null does at each try, since
   * with it comes what can be known of one that is gone.
   */
  readonly onStatus: (status: ServerStatus | null) => void;
  readonly onWorkProgress: (progress: WorkProgress) => void;
}

export class SupervisorLink {
  readonly #options: SupervisorLinkOptions;
  #connection: ControlConnection<SupervisorControl> | undefined;
  #connected = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #refreshing = false;
  #isNobodyListening = false;
  #closed = false;

  constructor(options: SupervisorLinkOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** The last try found nobody at the supervisor's address; one that hangs is found there. */
  get isNobodyListening(): boolean {
    return this.#isNobodyListening;
  }

  /** Calls the supervisor. Rejects with CONTROL_UNREACHABLE while none is there, else like `ControlConnection.call`. */
  async call<M extends MethodName<SupervisorControl>>(
    method: M,
    params: ParamsOf<SupervisorControl, M>,
    timeoutMs?: number,
  ): Promise<ResultOf<SupervisorControl, M>> {
    if (this.#connection === undefined) await this.#waitForConnection();
    if (this.#connection === undefined) throw new MasalaError('CONTROL_UNREACHABLE');
    return await this.#connection.call(method, params, timeoutMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connected.resolve();
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #waitForConnection(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const timer = setTimeout(enough.resolve, PATIENCE_MS);
    await Promise.race([this.#connected.promise, enough.promise]);
    clearTimeout(timer);
  }

  async #connect(): Promise<void> {
    try {
      this.#keep(await this.#dial());
    } catch (error) {
      // Nobody listens, or whoever does cannot prove itself: either way no supervisor of ours answers.
      this.#isNobodyListening = isUnattended(error);
      if (this.#closed) return;
      this.#options.onStatus(null);
      this.#timer = setTimeout(() => void this.#connect(), RETRY_MS);
    }
  }

  async #dial(): Promise<ControlConnection<SupervisorControl>> {
    const { dataDir } = this.#options;
    const token = readControlToken(dataDir);
    if (token === null) throw new MasalaError('CONTROL_UNREACHABLE');
    // Read anew each time: another supervisor may listen elsewhere.
    return await connectControl({ endpoint: endpointToCall(dataDir, supervisorControl), token });
  }

  #keep(connection: ControlConnection<SupervisorControl>): void {
    if (this.#closed) return connection.close();
    this.#connection = connection;
    this.#isNobodyListening = false;
    connection.onEvent('status.changed', (status) => this.#options.onStatus(status));
    connection.onEvent('work.progress', (progress) => this.#options.onWorkProgress(progress));
    void connection.closed.then(() => this.#lost());
    this.#connected.resolve();
    void this.#beat(connection);
  }

  #lost(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#connection = undefined;
    this.#connected = Promise.withResolvers();
    this.#options.onStatus(null);
    void this.#connect();
  }

  /** The connection of one that hangs is kept: it holds the instance lock, so no other can come, and it may wake up. */
  async #beat(connection: ControlConnection<SupervisorControl>): Promise<void> {
    const status = await connection.call('watch', {}, BEAT_TIMEOUT_MS).catch(() => null);
    if (this.#closed || this.#connection !== connection) return;
    this.#options.onStatus(status);
    if (status !== null) void this.#refresh(connection);
    this.#timer = setTimeout(() => void this.#beat(connection), BEAT_MS);
  }

  /** Has the supervisor ask the core for what it tells only when it is asked, such as its notices. */
  async #refresh(connection: ControlConnection<SupervisorControl>): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const status = await connection.call('status', {}, REFRESH_TIMEOUT_MS).catch(() => null);
    this.#refreshing = false;
    // No answer is no news: the beat says whether the supervisor answers.
    if (status !== null && this.#connection === connection) this.#options.onStatus(status);
  }
}

/** Whether the system itself said that nobody listens. */
function isUnattended(error: unknown): boolean {
  const reason = error instanceof MasalaError ? error.data?.['reason'] : undefined;
  return reason === 'ECONNREFUSED' || reason === 'ENOENT';
}
