// The desk: what stands behind the page's bridge in both hosts. It asks the supervisor, the core and the log files, and tells
// at once how it stands to them.

import { join } from 'node:path';
import type { CallName, CallParams, EventMessage } from '@masala/client';
import {
  type MethodName,
  type ParamsOf,
  processLives,
  readRunFile,
  type ServerStatus,
  type SupervisorControl,
} from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import {
  type BridgeEvent,
  type ClientEvent,
  type ControlDoor,
  clientDoors,
  controlDoors,
  type DeskLinks,
  type DoorName,
} from '../bridge/bridge.ts';
import { CoreLink } from './core-link.ts';
import { readLogPage } from './log-pages.ts';
import { readLogQuery } from './log-query.ts';
import { hasServerEnded } from './server-end.ts';
import { SupervisorLink } from './supervisor-link.ts';

/** A list of backups reads the manifests of two folders, and a drive that sleeps or is gone takes its time to say so. */
const DRIVES_TIMEOUT_MS = 60_000;

/** A big database on its way to a slow USB stick takes hours; after a day nobody waits for it any more. */
const LONG_WORK_MAX_MS = 24 * 60 * 60_000;

/** Both graces of an ordered stop may be set to minutes, and closing files on a slow disk comes after them. */
const STOP_MAX_MS = 60 * 60_000;

/** The usual ten seconds are enough for all others. */
const timeoutsMs: Partial<Record<MethodName<SupervisorControl>, number>> = {
  stop: STOP_MAX_MS,
  restart: STOP_MAX_MS,
  'disks.read': DRIVES_TIMEOUT_MS,
  'backup.checkFolder': DRIVES_TIMEOUT_MS,
  'backup.preview': DRIVES_TIMEOUT_MS,
  'backup.list': DRIVES_TIMEOUT_MS,
  'backup.now': LONG_WORK_MAX_MS,
  'backup.verify': LONG_WORK_MAX_MS,
  'recovery.restore': LONG_WORK_MAX_MS,
};

export interface DeskOptions {
  readonly dataDir: string;
}

export class Desk {
  readonly #dataDir: string;
  readonly #listeners = new Set<(event: BridgeEvent) => void>();
  readonly #supervisor: SupervisorLink;
  readonly #core: CoreLink;
  #links: DeskLinks = { status: null, client: 'connecting' };
  /** An ordered stop was answered, and no core was told of since. */
  #isStopAnswered = false;

  constructor({ dataDir }: DeskOptions) {
    this.#dataDir = dataDir;
    this.#supervisor = new SupervisorLink({
      dataDir,
      onStatus: (status) => this.#heard(status),
      onWorkProgress: (progress) => this.#tell({ type: 'work.progress', progress }),
    });
    this.#core = new CoreLink({
      dataDir,
      makeCode: async () => (await this.#supervisor.call('pair', { role: 'admin' })).code,
      listenAddress: () => this.#listenAddress(),
      onPaired: (ownDeviceId) => this.#noteLinks({ ownDeviceId }),
      onReady: (isReady) => this.#noteLinks({ client: isReady ? 'ready' : 'connecting' }),
      onMessage: (message: EventMessage<ClientEvent | 'session.lagged'>) =>
        this.#tell({ type: 'client', message }),
    });
  }

  get links(): DeskLinks {
    return this.#links;
  }

  /**
   * Answers a request of the page; its params are checked where it is answered. Rejects with a MasalaError:
   * METHOD_UNKNOWN for what is no door of the bridge, whatever else the contracts have.
   */
  async ask(name: DoorName | string, params: unknown): Promise<unknown> {
    const separator = name.indexOf(':');
    const [side, method] = [name.slice(0, separator), name.slice(separator + 1)];
    if (side === 'control' && isOneOf(controlDoors, method)) return await this.#askSupervisor(method, params);
    if (side === 'client' && isOneOf(clientDoors, method))
      return await this.#core.call(method, params as CallParams<CallName>);
    if (name === 'host:logs.read')
      return await readLogPage(join(this.#dataDir, 'logs'), readLogQuery(params));
    throw new MasalaError('METHOD_UNKNOWN', { method: name });
  }

  /** Hears events until the returned function is called; the present links come at once. */
  listen(listener: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(listener);
    listener({ type: 'links', links: this.#links });
    return () => void this.#listeners.delete(listener);
  }

  /** The window, or the last page, was closed: the supervisor says that the server runs on. Never rejects. */
  async windowHidden(): Promise<void> {
    // Without a supervisor there is nobody to say it, and nothing to say.
    await this.#supervisor.call('windowHidden', {}).catch(() => undefined);
  }

  /** Whether the server was stopped on purpose, and is gone: nobody will start it by itself. */
  isServerStopped(): boolean {
    return this.#links.status === null && this.#isEndProved();
  }

  /** Of a supervisor that is silent. */
  #isEndProved(): boolean {
    const read = <Name extends 'supervisor.json' | 'core.json' | 'wanted.json'>(name: Name) =>
      readRunFile(this.#dataDir, name);
    return hasServerEnded({
      isSilent: true,
      isStopWanted: read('wanted.json')?.wanted === 'stopped',
      isStopAnswered: this.#isStopAnswered,
      isNobodyListening: this.#supervisor.isNobodyListening,
      isProcessAlive: [read('supervisor.json'), read('core.json')].some(
        (file) => file !== null && processLives(file.pid, file.processStart),
      ),
    });
  }

  close(): void {
    this.#listeners.clear();
    this.#supervisor.close();
    this.#core.close();
  }

  async #askSupervisor<M extends ControlDoor>(method: M, params: unknown): Promise<unknown> {
    const answer = await this.#supervisor.call(
      method,
      params as ParamsOf<SupervisorControl, M>,
      timeoutsMs[method],
    );
    if (method === 'stop') this.#isStopAnswered = true;
    return answer;
  }

  #heard(status: ServerStatus | null): void {
    if (status !== null && status.state !== 'stopped') this.#isStopAnswered = false;
    this.#noteLinks({ status, hasEnded: status === null && this.#isEndProved() });
    this.#core.follow(status);
  }

  #noteLinks(change: Partial<DeskLinks>): void {
    const links = { ...this.#links, ...change };
    // The supervisor is asked once a second, and mostly nothing has changed.
    if (JSON.stringify(links) === JSON.stringify(this.#links)) return;
    this.#links = links;
    this.#tell({ type: 'links', links });
  }

  #tell(event: BridgeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #listenAddress(): Promise<string> {
    const { settings } = await this.#supervisor.call('settings.list', {});
    return String(settings.find(({ name }) => name === 'server.host')?.value ?? '127.0.0.1');
  }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}
