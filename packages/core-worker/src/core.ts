// The core's life: the ordered start of everything that serves, and the ordered stop in two phases.

import { hostname } from 'node:os';
import { join } from 'node:path';
import { MasalaError, reasonOf, type Settings } from '@masala/protocol';
import {
  type ControlServer,
  controlToken,
  coreControl,
  endpointToServe,
  hasErrorCode,
  type LastRecovery,
  processStartOf,
  removeRunFile,
  type StopPhase,
  serveControl,
  writeRunFile,
} from '@masala/protocol/control';
import { createIdentity, hasIdentity, type Identity, readIdentity } from './access/identity.ts';
import { controlMethods, type SafetyDesk } from './control-methods.ts';
import { announce } from './discovery/announcer.ts';
import type { Exit } from './exit.ts';
import { BackgroundTasks, pause } from './health/background-tasks.ts';
import { METRICS_STEP_MS, Metrics } from './health/metrics.ts';
import { SupervisorWatch } from './health/supervisor-watch.ts';
import { Vitals } from './health/vitals.ts';
import { clearLeftovers } from './imports/upload.ts';
import type { Log } from './log.ts';
import { openDatabase } from './opening.ts';
import { Events } from './rpc/events.ts';
import type { Listener } from './rpc/listener.ts';
import type { BackupFolders } from './safety/backups/backup-folders.ts';
import type { DirectoryLock } from './safety/directory-lock/flock.ts';
import { markSuspect } from './safety/integrity/check-record.ts';
import { Recovery } from './safety/recovery.ts';
import type { RecoveryNote } from './safety/recovery-note.ts';
import { StoreGuard } from './safety/store-guard.ts';
import { buildService, listenerOf, type Service } from './service.ts';
import { keepPort, type SettingsInForce } from './settings-file.ts';
import { StartRefused } from './start-refused.ts';
import { CoreState } from './state.ts';
import { Pool } from './store/pool.ts';
import { Reader } from './store/reader.ts';
import { timeOrderedIds } from './store/time-ordered-ids.ts';
import { Writer } from './store/writer.ts';
import { VERSION } from './version.ts';
import { Works } from './works.ts';

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
  readonly sources: SettingsInForce['sources'];
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
  readonly #metrics = new Metrics();
  readonly #tasks: BackgroundTasks;
  readonly #supervisorWatch: SupervisorWatch;
  #control: ControlServer | undefined;
  #service: Service | undefined;
  #writer: Writer | undefined;
  readonly #pool = new Pool();
  readonly #newEpoch = timeOrderedIds(Date.now);
  #recovery: Recovery | undefined;
  #lastRecovery: LastRecovery | null = null;
  #guard: StoreGuard | undefined;
  #safety: SafetyDesk | undefined;
  readonly #works = new Works(() => this.#state.advance());
  #stopping: StopPhase | null = null;

  constructor(options: CoreOptions) {
    this.#options = options;
    const { dataDir, settings, supervisorProgram, log } = options;
    this.#tasks = new BackgroundTasks(log.line, this.#state);
    this.#supervisorWatch = new SupervisorWatch({
      dataDir,
      program: supervisorProgram,
      absenceMs: settings['supervisor.absenceMs'],
      bounded: settings['restart.budget'] > 0,
      mayRevive: () => this.#stopping === null && !settings['supervisor.revivedByService'],
      now: Date.now,
      log: log.line,
    });
    this.#state.onChange((to, from) => {
      if (to.state === from.state && to.flags.length === from.flags.length) return;
      log.line('core.state.changed', { from: from.state, to: to.state, flags: to.flags });
    });
    if (!options.safeMode) return;
    this.#state.flag('safe-mode', true);
    this.#state.flag('read-only', true);
  }

  /**
   * Starts everything, in order; where the database cannot be served it waits in recovery for the admin's choice first.
   * Throws StartRefused, with an exit code, for what a person or a restart has to mend.
   */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      // What the stop has taken away under the start (the pool in the middle of a check) is no fault.
      if (this.#stopping === null) throw error;
    }
  }

  async #start(): Promise<void> {
    const { dataDir, log, startedAt, safeMode } = this.#options;
    log.line('core.starting', { version: VERSION, node: process.version, dataDir, safeMode });
    this.#vitals.begin();
    const openingIdentity = this.#openIdentity();
    const openStore = () => this.#openStore(openingIdentity);
    const [identity, first] = await Promise.all([openingIdentity, openStore(), this.#openControl()]);
    await clearLeftovers(join(dataDir, 'run', 'imports'));
    this.#startWatches(identity);
    let writer = first;
    while (!(writer instanceof Writer)) {
      if (this.#stopping !== null) return;
      await this.#recover(writer, identity);
      if (this.#stopping !== null) return;
      writer = await openStore();
    }
    this.#writer = writer;
    this.#vitals.writer = writer;
    // Asked to stop while it was starting: the stop goes on by itself.
    if (this.#stopping !== null) return;
    this.#service = this.#build(writer, identity);
    this.#vitals.port = await this.#listen(this.#service.listener);
    if (this.#stopping !== null) return;
    this.#startTasks(this.#service, identity);
    this.#state.enter('running');
    log.line('core.running', { port: this.#vitals.port, elapsedMs: Date.now() - startedAt });
  }

  /** Begins the ordered stop, which ends with the process; gives how many requests and commands are pending. */
  stop(
    reason: string,
    graceMs = this.#options.settings['stop.graceMs'],
    exitReason: 'OK' | 'RECOVERY_REQUESTED' = 'OK',
  ): number {
    const pending = this.#pending;
    if (this.#stopping === null) {
      this.#stopping = 'draining';
      this.#options.log.line('core.stopping', { reason, pending, graceMs });
      void this.#stop(graceMs, exitReason, reason);
    }
    return pending;
  }

  // --- the start, step by step --------------------------------------------------------------------------

  #openStore(identity: Promise<Identity>): Promise<Writer | RecoveryNote> {
    return openDatabase({
      ...this.#recoveryParts,
      folders: async () => this.#folders(await identity),
      startWriter: () => this.#startWriter(),
    });
  }

  async #startWriter(): Promise<Writer> {
    const { dataDir, settings, log } = this.#options;
    const writer = await Writer.start({
      databasePath: join(dataDir, 'masala.db'),
      now: Date.now,
      commitSlowMs: settings['log.commitSlowMs'],
      log: log.line,
      onEvents: (events) => this.#service?.events.publish(events),
      onCommitted: () => this.#guard?.committed(),
      onFullDisk: (isFull) => this.#guard?.diskFull(isFull),
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
  }

  /** Waits for the admin's choice and its end. Devices are told, and wait too. */
  async #recover(note: RecoveryNote, identity: Identity): Promise<void> {
    const { settings, log } = this.#options;
    const recovery = await Recovery.begin({ ...this.#recoveryParts, folders: this.#folders(identity) }, note);
    if (this.#stopping !== null) return recovery.close();
    this.#safety = recovery;
    this.#recovery = recovery;
    const listener = listenerOf({
      settings,
      identity,
      log: log.line,
      events: new Events(),
      dispatch: { request: (session, id) => session.refuse(id, new MasalaError('SERVER_IN_RECOVERY')) },
      onClients: () => this.#vitals.clientsChanged(),
    });
    this.#vitals.port = await this.#listen(listener);
    this.#state.enter('recovery');
    this.#lastRecovery = (await recovery.done) ?? this.#lastRecovery;
    this.#safety = undefined;
    this.#recovery = undefined;
    listener.stopAccepting();
    listener.closeSessions(new MasalaError('SERVER_STARTING'));
    await listener.closed();
    this.#state.enter('starting');
  }

  get #recoveryParts() {
    const { dataDir, log } = this.#options;
    return {
      dataDir,
      pool: this.#pool,
      state: this.#state,
      now: Date.now,
      newEpoch: this.#newEpoch,
      log: log.line,
    };
  }

  #folders({ serverId }: Identity): BackupFolders {
    const { dataDir, settings } = this.#options;
    return { dataDir, secondFolder: settings['backup.secondFolder'] || null, serverId };
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
      const reason = reasonOf(error);
      throw new StartRefused(
        'IDENTITY_DAMAGED',
        `the server's key or certificate cannot be read: ${reason}`,
        error,
      );
    }
  }

  /** First of all that others can see: the supervisor is told from the beginning what is going on. */
  async #openControl(): Promise<void> {
    const { dataDir, settings, sources, startedAt, log } = this.#options;
    const endpoint = endpointToServe(dataDir, coreControl);
    this.#control = await serveControl({
      endpoint,
      token: controlToken(dataDir),
      handlers: controlMethods({
        dataDir,
        settings,
        sources,
        startedAt,
        state: this.#state,
        vitals: this.#vitals,
        metrics: this.#metrics,
        supervisorWatch: this.#supervisorWatch,
        works: this.#works,
        serving: () => this.#service,
        safety: () => this.#safety,
        stop: (graceMs) => this.stop('control', graceMs),
        stopping: () => (this.#stopping === null ? null : { phase: this.#stopping, pending: this.#pending }),
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
      pool: this.#pool,
      state: this.#state,
      vitals: this.#vitals,
      metrics: this.#metrics,
      facts: {
        serverId: identity.serverId,
        name: settings['server.name'] || hostname().slice(0, 60),
        version: VERSION,
        startedAt,
      },
      log: log.line,
      onStorageFault: (error) => this.#storageFault(error),
    });
  }

  async #listen(listener: Listener): Promise<number> {
    const { dataDir, settings, log } = this.#options;
    const host = settings['server.host'];
    const wanted = settings['server.port'];
    try {
      const port = await listener.listen(host, this.#vitals.port ?? wanted);
      if (wanted === 0) keepPort(dataDir, port);
      this.#vitals.listener = listener;
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

  /** What has to live in every state that lasts. */
  #startWatches(identity: Identity): void {
    const { settings, lock, exit, log } = this.#options;
    this.#tasks.start('supervisor-watch', (signal) => this.#supervisorWatch.run(signal));
    this.#tasks.start('lock-watch', (signal) =>
      repeat(LOCK_LOOK_MS, signal, async () => {
        // The database first: it may have been deleted together with the lock, and what is still held of it is saved.
        await this.#guard?.look();
        if (!lock.holds()) exit.leave('LOCK_LOST', 'the lock file run/core.lock was deleted or replaced');
        if (this.#control?.stands() === false) exit.leave('LOCK_LOST', 'the control socket was deleted');
      }),
    );
    const discoveryPort = settings['discovery.port'];
    if (discoveryPort === 0) return;
    const describe = () => ({
      serverId: identity.serverId,
      certificate: identity.certificateDer,
      name: settings['server.name'] || hostname().slice(0, 60),
      port: this.#vitals.port ?? settings['server.port'],
      state: this.#state.state,
      bootSequence: this.#writer?.opened.bootSequence ?? 0,
    });
    const intervalMs = settings['discovery.intervalMs'];
    this.#tasks.start('discovery', (signal) =>
      announce({ port: discoveryPort, intervalMs, key: identity.key, describe, log: log.line }, signal),
    );
  }

  #startTasks(service: Service, identity: Identity): void {
    const { dataDir, settings, exit, safeMode, log } = this.#options;
    this.#guard = new StoreGuard({
      dataDir,
      settings,
      folders: this.#folders(identity),
      service,
      state: this.#state,
      lastRecovery: this.#lastRecovery,
      version: VERSION,
      now: Date.now,
      log: log.line,
      leave: (reason, message) => exit.leave(reason, message),
      stopFor: (reason, message) => this.stop(message, undefined, reason),
    });
    this.#safety = this.#guard;
    this.#tasks.start('metrics', (signal) =>
      repeat(METRICS_STEP_MS, signal, () => this.#metrics.step(Date.now(), service.listener.clients)),
    );
    // Safe mode runs no jobs: one of them may be what the core dies of.
    if (safeMode) return;
    this.#guard.start(this.#tasks);
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
    markSuspect(this.#options.dataDir, reason);
    exit.leave('COMMIT_UNKNOWN', reason);
  }

  /** The next start checks the database before it serves. */
  #storageFault(error: unknown): never {
    const { dataDir, exit } = this.#options;
    const reason = reasonOf(error);
    markSuspect(dataDir, `a read failed: ${reason}`);
    return exit.leave('FAULT', `the database cannot be read: ${reason}`, error);
  }

  async #stop(graceMs: number, exitReason: 'OK' | 'RECOVERY_REQUESTED', message: string): Promise<void> {
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
    this.#stopsWith('clients');
    this.#service?.listener.closeSessions(new MasalaError('SERVER_STOPPING'));
    await this.#settled(graceMs);
    await this.#close();
    log.line('core.stopped', {});
    if (exitReason !== 'OK') exit.leave(exitReason, message);
    await log.close();
    process.exit(0);
  }

  /** The next step of the ordered stop: told at once to whoever watches it. */
  #stopsWith(phase: StopPhase): void {
    this.#stopping = phase;
    this.#state.advance();
  }

  /** Waits until everything is answered, at most so long. */
  async #settled(graceMs: number): Promise<void> {
    const until = performance.now() + graceMs;
    while (this.#pending > 0 && performance.now() < until) await sleep(PENDING_LOOK_MS);
  }

  /** In the opposite order of the start; the lock goes last, so that a successor finds everything closed. */
  async #close(): Promise<void> {
    const { dataDir, lock } = this.#options;
    this.#stopsWith('work');
    await this.#tasks.stop();
    await this.#service?.listener.closed();
    await this.#recovery?.close();
    await this.#guard?.close();
    await this.#pool.close();
    this.#stopsWith('database');
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
