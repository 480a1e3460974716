// The supervisor's connection to the core's control endpoint: found again whenever it is lost, until it is closed.

import {
  type ControlConnection,
  type CoreControl,
  type CoreStatus,
  connectControl,
  coreControl,
  type EventOf,
  endpointToCall,
  type MethodName,
  type ParamsOf,
  type ResultOf,
  type WorkProgress,
} from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';

/** A starting core listens within a tenth of a second: ask often at first, then so rarely that it costs nothing. */
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 500;

/** The core that answers: it has said so itself. */
export interface CoreFound {
  readonly pid: number;
  readonly startedAt: number;
}

export interface CoreLinkOptions {
  readonly dataDir: string;
  readonly token: Uint8Array;
  readonly supervisor: { readonly pid: number; readonly startedAt: number };
  /** The link stands, and this is what the core says of itself. */
  readonly onConnected: (core: CoreStatus) => void;
  /** Another core answers than the one that was sought; true takes it in its place. */
  readonly onOther: (core: CoreFound) => boolean;
  readonly onTold: (told: EventOf<CoreControl, 'state.changed'>) => void;
  readonly onWorkProgress: (progress: WorkProgress) => void;
  readonly onLost: () => void;
}

export class CoreLink {
  readonly #options: CoreLinkOptions;
  #connection: ControlConnection<CoreControl> | undefined;
  #expectedPid: number | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_FIRST_MS;

  constructor(options: CoreLinkOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** One try to reach whatever core there is, within `timeoutMs`. Null when none answers; else the link stands. */
  async find(timeoutMs: number): Promise<CoreFound | null> {
    this.close();
    try {
      const found = await this.#attach(timeoutMs);
      this.#keep(found.connection, found.core.pid);
      return found.core;
    } catch (error) {
      if (error instanceof MasalaError) return null;
      throw error;
    }
  }

  /** Tries until the core with this pid answers, or `close` is called. */
  seek(pid: number): void {
    if (this.#connection !== undefined && this.#expectedPid === pid) return;
    this.close();
    this.#expectedPid = pid;
    this.#retryMs = RETRY_FIRST_MS;
    this.#try(pid);
  }

  /** Calls the core. Rejects with SERVER_STARTING while there is no connection, else like `ControlConnection.call`. */
  async call<M extends MethodName<CoreControl>>(
    method: M,
    params: ParamsOf<CoreControl, M>,
    timeoutMs?: number,
  ): Promise<ResultOf<CoreControl, M>> {
    if (this.#connection === undefined) throw new MasalaError('SERVER_STARTING');
    return await this.#connection.call(method, params, timeoutMs);
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#expectedPid = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }

  #try(pid: number): void {
    void this.#attach().then(
      ({ connection, core }) => {
        if (this.#expectedPid !== pid) return connection.close();
        if (core.pid === pid || this.#options.onOther(core)) return this.#keep(connection, core.pid);
        connection.close();
        this.#tryLater(pid);
      },
      () => {
        if (this.#expectedPid === pid) this.#tryLater(pid);
      },
    );
  }

  #tryLater(pid: number): void {
    this.#retry = setTimeout(() => this.#try(pid), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MAX_MS);
  }

  async #attach(timeoutMs?: number) {
    const { dataDir, token, supervisor } = this.#options;
    const endpoint = endpointToCall(dataDir, coreControl);
    const connection = await connectControl({
      endpoint,
      token,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    try {
      connection.onEvent('state.changed', this.#options.onTold);
      connection.onEvent('work.progress', this.#options.onWorkProgress);
      const params = { supervisorPid: supervisor.pid, startedAt: supervisor.startedAt };
      const core = await connection.call('attach', params, timeoutMs);
      return { connection, core };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #keep(connection: ControlConnection<CoreControl>, pid: number): void {
    this.#expectedPid = pid;
    this.#connection = connection;
    this.#retryMs = RETRY_FIRST_MS;
    void connection.closed.then(() => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      this.#options.onLost();
      if (this.#expectedPid === pid) this.#tryLater(pid);
    });
    void connection.call('status', {}).then(
      (core) => this.#options.onConnected(core),
      () => connection.close(),
    );
  }
}
