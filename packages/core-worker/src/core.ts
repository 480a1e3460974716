// The core's life: the ordered start of everything that serves, and the ordered stop in two phases.

import { hostname } from 'node:os';
import { join } from 'node:path';
import { MasalaError, type Settings } from '@masala/protocol';
import {
  type ControlServer,
  controlToken,
  coreControl,
  endpointToServe,
  hasErrorCode,
  processStartOf,
  removeRunFile,
  serveControl,
  writeRunFile,
} from '@masala/protocol/control';
import { createIdentity, hasIdentity, type Identity, readIdentity } from './access/identity.ts';
import { controlMethods, type SafetyDesk } from './control-methods.ts';
import { announce } from './discovery/announcer.ts';
import type { Exit } from './exit.ts';
import { BackgroundTasks, pause } from './health/background-tasks.ts';
import { SupervisorWatch } from './health/supervisor-watch.ts';
import { Vitals } from './health/vitals.ts';
import { clearLeftovers } from './imports/upload.ts';
import type { Log } from './log.ts';
import type { DirectoryLock } from './safety/directory-lock/flock.ts';
import { buildService, type Service } from './service.ts';
import { keepPort } from './settings-file.ts';
import { StartRefused } from './start-refused.ts';
import { CoreState } from './state.ts';
import { Pool } from './store/pool.ts';
import { Reader } from './store/reader.ts';
import { StoreUnusableError, Writer } from './store/writer.ts';
import { VERSION } from './version.ts';

/** Who deletes the lock file takes our only guard away: a second of two cores is short enough for nobody to start one. */
const LOCK_LOOK_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Beyond both graces of a stop: what is left is closing files. */
const STOP_MARGIN_MS = 3_000;
/** How often the stop looks whether all is answered: far below what anybody notices. */
const PENDING_LOOK_MS = 10;

export interface CoreOptions {
  readonly dataDir: string;
  readonly settings: Settings;
  readonly safeMode: boolean;
  /** UTC ms at which the process began. */
  readonly startedAt: number;
  readonly supervisorProgram: string;
  readonly lock: DirectoryLock;
  readonly log: Log;
  readonly exit: Exit;
}

export class Core {
  readonly #options: CoreOptions;
  readonly #state = new CoreState();
  readonly #vitals = new Vitals();
  readonly #tasks: BackgroundTasks;
  readonly #supervisorWatch: SupervisorWatch;
  #control: ControlServer | undefined;
  #service: Service | undefined;
  #writer: Writer | undefined;
  #safety: SafetyDesk | undefined;
  #stopping = false;

  constructor(options: CoreOptions) {
    this.#options = options;
    const { dataDir, settings, supervisorProgram, log } = options;
    this.#tasks = new BackgroundTasks(log.line, this.#state);
    this.#supervisorWatch = new SupervisorWatch({
      dataDir,
      program: supervisorProgram,
      absenceMs: settings['supervisor.absenceMs'],
      bounded: settings['restart.budget'] > 0,
      mayRevive: () => !this.#stopping && !settings['supervisor.revivedByService'],
      now: Date.now,
      log: log.line,
    });
    this.#state.onChange((to, from) => {
      if (to.progress === from.progress)
        log.line('core.state.changed', { from: from.state, to: to.state, flags: to.flags });
    });
    if (!options.safeMode) return;
    this.#state.flag('safe-mode', true);
    this.#state.flag('read-only', true);
  }

  /** Starts everything, in order. Throws StartRefused, with an exit code, for what a person or a restart has to mend. */
  async start(): Promise<void> {
    const { dataDir, log, startedAt, safeMode } = this.#options;
    log.line('core.starting', { version: VERSION, node: process.version, dataDir, safeMode });
    this.#vitals.begin();
    const [writer, identity] = await Promise.all([
      this.#openStore(),
      this.#openIdentity(),
      this.#openControl(),
    ]);
    this.#writer = writer;
    this.#vitals.writer = writer;
    await clearLeftovers(join(dataDir, 'run', 'imports'));
    // Asked to stop while it was starting: the stop goes on by itself.
    if (this.#stopping) return;
    this.#service = this.#build(writer, identity);
    const port = await this.#listen(this.#service);
    if (this.#stopping) return;
    this.#startTasks(this.#service, identity, port);
    this.#state.enter('running');
    log.line('core.running', { port, elapsedMs: Date.now() - startedAt });
  }

  /** Begins the ordered stop, which ends with the process; gives how many requests and commands are pending. */
  stop(reason: string, graceMs = this.#options.settings['stop.graceMs']): number {
    const pending = this.#pending;
    if (!this.#stopping) {
      this.#stopping = true;
      this.#options.log.line('core.stopping', { reason, pending, graceMs });
      void this.#stop(graceMs);
    }
    return pending;
  }

  // --- the start, step by step --------------------------------------------------------------------------

  async #openStore(): Promise<Writer> {
    const { dataDir, settings, log } = this.#options;
    try {
      const writer = await Writer.start({
        databasePath: join(dataDir, 'masala.db'),
        now: Date.now,
        commitSlowMs: settings['log.commitSlowMs'],
        log: log.line,
        onEvents: (events) => this.#service?.events.publish(events),
        onFault: (fault) => this.#fault(fault),
      });
      const { created, schemaVersionBefore, ...opened } = writer.opened;
      if (created) log.line('store.created', {});
      else if (schemaVersionBefore !== opened.schemaVersion) {
        log.line('store.migrated', { from: schemaVersionBefore, to: opened.schemaVersion });
      }
      const { schemaVersion, epoch, lastSequence, bootSequence } = opened;
      log.line('store.opened', { schemaVersion, epoch, lastSequence, bootSequence });
      return writer;
    } catch (error) {
      if (!(error instanceof StoreUnusableError)) throw error;
      throw new StartRefused(
        error.foreign ? 'DATABASE_FROM_FUTURE' : 'DATABASE_UNUSABLE',
        error.message,
        error,
      );
    }
  }

  async #openIdentity(): Promise<Identity> {
    const { dataDir, log } = this.#options;
    if (!hasIdentity(dataDir)) {
      const identity = await createIdentity(dataDir);
      log.line('identity.created', { serverId: identity.serverId });
      return identity;
    }
    try {
      return readIdentity(dataDir);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartRefused(
        'IDENTITY_DAMAGED',
        `the server's key or certificate cannot be read: ${reason}`,
        error,
      );
    }
  }

  /** First of all that others can see: the supervisor is told from the beginning what is going on. */
  async #openControl(): Promise<void> {
    const { dataDir, startedAt, log } = this.#options;
    const endpoint = endpointToServe(dataDir, coreControl);
    this.#control = await serveControl({
      endpoint,
      token: controlToken(dataDir),
      handlers: controlMethods({
        dataDir,
        startedAt,
        state: this.#state,
        vitals: this.#vitals,
        supervisorWatch: this.#supervisorWatch,
        serving: () => this.#service,
        safety: () => this.#safety,
        stop: (graceMs) => this.stop('control', graceMs),
      }),
      log: log.line,
    });
    const { pid } = process;
    const processStart = processStartOf(pid);
    writeRunFile(dataDir, 'core.json', { pid, startedAt, processStart, control: endpoint.address });
  }

  #build(writer: Writer, identity: Identity): Service {
    const { dataDir, settings, startedAt, log } = this.#options;
    return buildService({
      dataDir,
      settings,
      identity,
      writer,
      reader: new Reader(join(dataDir, 'masala.db')),
      pool: new Pool(),
      state: this.#state,
      vitals: this.#vitals,
      facts: {
        serverId: identity.serverId,
        name: settings['server.name'] || hostname().slice(0, 60),
        version: VERSION,
        startedAt,
      },
      log: log.line,
    });
  }

  async #listen(service: Service): Promise<number> {
    const { dataDir, settings, log } = this.#options;
    const host = settings['server.host'];
    const wanted = settings['server.port'];
    try {
      const port = await service.listener.listen(host, wanted);
      if (wanted === 0) keepPort(dataDir, port);
      this.#vitals.listener = service.listener;
      this.#vitals.port = port;
      log.line('rpc.listening', { host, port });
      return port;
    } catch (error) {
      if (hasErrorCode(error, 'EADDRINUSE')) {
        throw new StartRefused('PORT_TAKEN', `another program uses port ${wanted} of ${host}`, error);
      }
      if (hasErrorCode(error, 'EACCES')) {
        throw new StartRefused('PORT_TAKEN', `the system keeps port ${wanted} for itself`, error);
      }
      if (hasErrorCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EINVAL', 'EAI_AGAIN')) {
        throw new StartRefused('ADDRESS_UNAVAILABLE', `${host} is not an address of this PC`, error);
      }
      throw error;
    }
  }

  #startTasks(service: Service, identity: Identity, port: number): void {
    const { settings, lock, exit, safeMode, log } = this.#options;
    this.#tasks.start('supervisor-watch', (signal) => this.#supervisorWatch.run(signal));
    this.#tasks.start('lock-watch', (signal) =>
      repeat(LOCK_LOOK_MS, signal, () => {
        if (!lock.holds()) exit.leave('LOCK_LOST', 'the lock file run/core.lock was deleted or replaced');
        if (this.#control?.stands() === false) exit.leave('LOCK_LOST', 'the control socket was deleted');
      }),
    );
    const discoveryPort = settings['discovery.port'];
    if (discoveryPort !== 0) {
      const describe = () => ({
        serverId: identity.serverId,
        certificate: identity.certificateDer,
        name: service.facts.name,
        port,
        state: this.#state.state,
        bootSequence: service.writer.opened.bootSequence,
      });
      const intervalMs = settings['discovery.intervalMs'];
      this.#tasks.start('discovery', (signal) =>
        announce({ port: discoveryPort, intervalMs, key: identity.key, describe, log: log.line }, signal),
      );
    }
    if (safeMode) return;
    this.#tasks.start('body-expiry', (signal) =>
      repeat(HOUR_MS, signal, async () => {
        await service.writer.expireBodies();
      }),
    );
  }

  // --- the end ------------------------------------------------------------------------------------------

  get #pending(): number {
    return (this.#service?.listener.callsInFlight ?? 0) + (this.#writer?.queueDepth ?? 0);
  }

  #fault({ commitUnknown, reason }: { commitUnknown: boolean; reason: string }): void {
    const { exit, log } = this.#options;
    if (!commitUnknown) exit.leave('FAULT', reason);
    log.line('store.commit.unknown', { reason });
    exit.leave('COMMIT_UNKNOWN', reason);
  }

  async #stop(graceMs: number): Promise<void> {
    const { exit, log } = this.#options;
    setTimeout(
      () => exit.leave('STOP_FORCED', `the stop was not over after ${2 * graceMs + STOP_MARGIN_MS} ms`),
      2 * graceMs + STOP_MARGIN_MS,
    );
    this.#state.enter('draining');
    this.#service?.events.notice('stopping', Date.now());
    this.#service?.listener.stopAccepting();
    this.#service?.listener.endLongCalls(new MasalaError('SERVER_STOPPING'));
    await this.#settled(graceMs);
    const pending = this.#pending;
    if (pending > 0) log.line('core.stop.pending', { pending });
    this.#service?.listener.closeSessions(new MasalaError('SERVER_STOPPING'));
    await this.#settled(graceMs);
    await this.#close();
    log.line('core.stopped', {});
    await log.close();
    process.exit(0);
  }

  /** Waits until everything is answered, at most so long. */
  async #settled(graceMs: number): Promise<void> {
    const until = performance.now() + graceMs;
    while (this.#pending > 0 && performance.now() < until) await sleep(PENDING_LOOK_MS);
  }

  /** In the opposite order of the start; the lock goes last, so that a successor finds everything closed. */
  async #close(): Promise<void> {
    const { dataDir, lock } = this.#options;
    await this.#tasks.stop();
    await this.#service?.listener.closed();
    await this.#service?.pool.close();
    // Before the writer: only a connection that may write, closed last, folds the log into the database.
    this.#service?.reader.close();
    await this.#writer?.close();
    this.#vitals.end();
    this.#state.enter('stopped');
    await this.#control?.close();
    removeRunFile(dataDir, 'core.json');
    lock.release();
  }
}

/** Does something now and after each interval, until the signal is aborted. */
async function repeat(
  intervalMs: number,
  signal: AbortSignal,
  act: () => void | Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await act();
    await pause(intervalMs, signal);
  }
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
