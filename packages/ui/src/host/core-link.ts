// The desk as a client of the core: it pairs itself over the control channel, and anew when the core knows it no longer.

import { hostname } from 'node:os';
import {
  type CallName,
  type CallParams,
  Client,
  type ConnectionState,
  type EventMessage,
  type Profile,
  pair,
} from '@masala/client';
import { MasalaError, type Result } from '@masala/protocol';
import type { ServerStatus } from '@masala/protocol/control';
import manifest from '../../package.json' with { type: 'json' };
import { type ClientEvent, clientEvents } from '../bridge/bridge.ts';
import { DeskProfiles } from './desk-profiles.ts';
import { joinPauseMs } from './join-pause.ts';

/** As long as a device's name may be in the contract. */
const DEVICE_NAME_MAX_LENGTH = 60;

/** On loopback a lost core is back within a third of a second. */
const RECONNECT_MS = 500;

/** A page that asks while the desk is just signing in waits for it instead of failing. */
const PATIENCE_MS = 2_000;

const program = { name: 'masala-dashboard', version: manifest.version };

export interface CoreLinkOptions {
  readonly dataDir: string;
  /** Makes a join code for an admin's device. */
  readonly makeCode: () => Promise<string>;
  /** The address that the core listens on, from its settings. */
  readonly listenAddress: () => Promise<string>;
  /** Tells which device it is, before it signs in as it. */
  readonly onPaired: (deviceId: string) => void;
  readonly onReady: (ready: boolean) => void;
  readonly onMessage: (message: EventMessage<ClientEvent | 'session.lagged'>) => void;
}

/** Where the core is, as the supervisor's status tells it. */
interface Target {
  readonly serverId: string;
  readonly port: number;
}

export class CoreLink {
  readonly #options: CoreLinkOptions;
  readonly #profiles: DeskProfiles;
  #target: Target | undefined;
  #client: Client | undefined;
  #joining = false;
  /** Join codes that were made since it was last signed in. */
  #codesMade = 0;
  /** The core refused the kept profile: a new device is needed. */
  #isRefused = false;
  #retry: NodeJS.Timeout | undefined;
  /** What the supervisor says: a core runs, and answers. */
  #isCoreThere = false;
  #isReady = false;
  /** Settles when the client is signed in. */
  #readiness = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: CoreLinkOptions) {
    this.#options = options;
    this.#profiles = new DeskProfiles(options.dataDir);
  }

  /** The supervisor's newest word: a core that runs elsewhere than the last one is connected to. */
  follow(status: ServerStatus | null): void {
    this.#isCoreThere = status?.state === 'running' && status.core.suspectSince === null;
    if (this.#closed || status?.state !== 'running' || status.port === null || status.serverId === null)
      return;
    const { serverId, port } = status;
    if (this.#target?.serverId === serverId && this.#target.port === port) return;
    this.#target = { serverId, port };
    this.#leave();
    void this.#join();
  }

  /**
   * Rejects with SERVER_STARTING while no core answers, and as `Client.call` when it is lost meanwhile. Nothing waits for the
   * next core: the page asks anew by itself, and of the six connections that a browser opens to a host each question
   * without an answer holds one, until none is left for what could be answered.
   */
  async call<Name extends CallName>(method: Name, params: CallParams<Name>): Promise<Result<Name>> {
    if (this.#isCoreThere && !this.#isReady) await this.#waitUntilReady();
    if (!this.#isCoreThere || this.#client === undefined) throw new MasalaError('SERVER_STARTING');
    return await this.#client.call(method, params, { once: true });
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }

  async #waitUntilReady(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const timer = setTimeout(enough.resolve, PATIENCE_MS);
    await Promise.race([this.#readiness.promise, enough.promise]);
    clearTimeout(timer);
  }

  #note(isReady: boolean): void {
    if (isReady) this.#readiness.resolve();
    else if (this.#isReady) this.#readiness = Promise.withResolvers();
    this.#isReady = isReady;
    this.#options.onReady(isReady);
  }

  #leave(): void {
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    client?.close();
    this.#note(false);
  }

  async #join(): Promise<void> {
    // Also where a target that came and went again has got its client meanwhile.
    if (this.#joining || this.#client !== undefined) return;
    this.#joining = true;
    const target = this.#target;
    try {
      const profile = await this.#profile();
      if (profile !== undefined) this.#connect(profile);
    } catch {
      // The core went away meanwhile, or is not ready for anybody yet; the status told the page which.
      this.#joinAgain();
    } finally {
      this.#joining = false;
      if (!this.#closed && target !== this.#target) this.#joinLater(0);
    }
  }

  #joinAgain(): void {
    this.#joinLater(joinPauseMs(this.#codesMade));
  }

  #joinLater(delayMs: number): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#join(), delayMs);
  }

  /** The profile for the present core: the one that is kept, or a new one where it is of no use. */
  async #profile(): Promise<Profile | undefined> {
    const target = this.#target;
    if (target === undefined) return undefined;
    const address = loopbackOf(await this.#options.listenAddress());
    const kept = this.#profiles.read();
    if (kept?.serverId === target.serverId && !this.#isRefused)
      return { ...kept, address, port: target.port };
    // A core that knows the token gives the same device back.
    return await this.#pair({ address, port: target.port }, kept);
  }

  async #pair(server: { readonly address: string; readonly port: number }, previous: Profile | undefined) {
    const code = await this.#options.makeCode();
    this.#codesMade += 1;
    const profile = await pair({
      code,
      deviceName: `Dashboard on ${hostname()}`.slice(0, DEVICE_NAME_MAX_LENGTH),
      server,
      discoveryPort: 0,
      previous,
      client: program,
    });
    this.#profiles.keep(profile);
    this.#isRefused = false;
    return profile;
  }

  #connect(profile: Profile): void {
    const target = this.#target;
    if (this.#closed || target?.serverId !== profile.serverId || target.port !== profile.port) return;
    this.#options.onPaired(profile.deviceId);
    const client = new Client({ ...profile, client: program, retryDelayMs: RECONNECT_MS });
    this.#client = client;
    client.subscribe(clientEvents, (message) => {
      if (this.#client === client) this.#options.onMessage(message);
    });
    client.on('state', (state) => {
      if (this.#client === client) this.#changed(state);
    });
  }

  #changed(state: ConnectionState): void {
    this.#note(state.phase === 'ready');
    if (state.phase === 'ready') this.#codesMade = 0;
    if (state.phase !== 'ended') return;
    // Restored to a time before this device, or somebody took its access away. Whoever may open the dashboard may make
    // join codes, so it makes itself one.
    const code = state.reason?.code;
    this.#isRefused = code === 'DEVICE_UNKNOWN' || code === 'DEVICE_REVOKED';
    this.#leave();
    this.#joinAgain();
  }
}

/** Where a program of the same PC reaches a server that listens on this address. */
function loopbackOf(listenAddress: string): string {
  if (listenAddress === '0.0.0.0') return '127.0.0.1';
  return listenAddress === '::' ? '::1' : listenAddress;
}
