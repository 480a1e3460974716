// The composition of the supervisor: lock, log, control channel and the watched core, from start to end.

import { resolve } from 'node:path';
import {
  type CoreStatus,
  connectControl,
  controlToken,
  endpointToCall,
  processStartOf,
  readControlToken,
  readRunFile,
  removeRunFile,
  type ServerStatus,
  type StartFlags,
  SUPERVISOR_STARTS_MAX,
  supervisorControl,
  writeRunFileAsync,
} from '@masala/protocol/control';
import { type ExitCodeName, exitCodes, type LogLevel, type Settings } from '@masala/protocol/tables';
import { type SupervisorEndpoint, serveSupervisorControl } from './control-server.ts';
import { defaultDataDir } from './data-dir.ts';
import { DiskLane } from './disk-lane.ts';
import { type InstanceLock, takeInstanceLock } from './instance-lock/instance-lock.ts';
import { type Log, type LogFile, openLog } from './log.ts';
import { prepareDataDir, type Refusal, readServerSettings } from './preflight.ts';
import { SettingsStore, serverName } from './settings-store.ts';
import { CoreProcess } from './supervise/core-process.ts';
import type { Lifecycle, LifecycleRules } from './supervise/lifecycle-state.ts';
import { systemNow } from './supervise/now.ts';

export interface SupervisorOptions {
  readonly dataDir: string;
  readonly flags: StartFlags;
  /** The absolute path of the core's program. */
  readonly coreProgram: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A second start asked us to show ourselves. */
  readonly onShow?: () => void;
  /** The dashboard's window was closed and hides. */
  readonly onWindowHidden?: () => void;
}

/** How a supervisor ended, for the process's exit code. */
export interface SupervisorEnd {
  readonly exitCode: ExitCodeName;
  readonly message: string;
}

export interface Supervisor {
  /** Those that are in force. */
  readonly settings: Settings;
  readonly log: Log;
  status(): ServerStatus;
  /** Calls back after each change of the status, until the returned function is called. */
  onChange(listener: () => void): () => void;
  readonly core: CoreProcess;
  /** Begins the ordered stop; `ended` settles when it is done. */
  stop(): void;
  /** Breaks an ordered stop off: the core is killed. */
  force(): void;
  /** Settles when everything is closed and the lock is free. Never rejects. */
  readonly ended: Promise<SupervisorEnd>;
  /** Writes the fault into the log and lets go of everything; the core serves on. */
  fault(error: unknown): Promise<void>;
}

export type SupervisorStart =
  | { readonly type: 'started'; readonly supervisor: Supervisor }
  | { readonly type: 'already-running'; readonly pid: number | null; readonly shown: boolean }
  | ({ readonly type: 'refused' } & Refusal);

/** Between two looks at the lock's file. */
const LOCK_CHECK_MS = 1_000;

/**
 * Looks at a lost lock until we leave. The core looks at its own lock as often: when all of run/ was deleted it is dead
 * and started again by the third look, and it starts our successor. Leaving at the first would leave nobody behind.
 */
const LOCK_LOST_LOOKS = 3;

/** Starts the one supervisor of a data directory, which adopts the running core or starts one. */
export async function startSupervisor(options: SupervisorOptions): Promise<SupervisorStart> {
  const dataDir = resolve(options.dataDir);
  const unwritable = prepareDataDir(dataDir);
  if (unwritable !== undefined) return { type: 'refused', ...unwritable };
  const lock = takeInstanceLock(dataDir, defaultDataDir());
  if (lock === null) return await askToShow(dataDir);
  const settings = readServerSettings(dataDir, options.flags, options.environment);
  if ('exitCode' in settings) {
    lock.release();
    return { type: 'refused', ...settings };
  }
  const supervisor = new RunningSupervisor({ ...options, dataDir }, lock);
  try {
    await supervisor.begin();
  } catch (error) {
    await supervisor.fault(error);
    lock.release();
    throw error;
  }
  return { type: 'started', supervisor };
}

async function askToShow(dataDir: string): Promise<SupervisorStart> {
  const pid = readRunFile(dataDir, 'supervisor.json')?.pid ?? null;
  try {
    const token = readControlToken(dataDir);
    if (token === null) return { type: 'already-running', pid, shown: false };
    const first = await connectControl({ endpoint: endpointToCall(dataDir, supervisorControl), token });
    const answer = await first.call('show', {});
    first.close();
    return { type: 'already-running', pid: answer.pid, shown: true };
  } catch {
    return { type: 'already-running', pid, shown: false }; // it starts, ends or hangs; the lock says that it is there
  }
}

function lifecycleRules(settings: Settings): LifecycleRules {
  return {
    hangTimeoutMs: settings['watchdog.hangTimeoutMs'],
    startGraceMs: settings['watchdog.startGraceMs'],
    budget: settings['restart.budget'],
    backoffMs: settings['restart.backoffMs'],
  };
}

/** The ordered stop as the core tells it, within the time that we give it. */
function stoppingTold(
  stopping: Lifecycle['stopping'],
  told: CoreStatus['stopping'],
): ServerStatus['stopping'] {
  if (stopping === null) return null;
  return { ...stopping, phase: told?.phase ?? null, pending: told?.pending ?? stopping.pending };
}

class RunningSupervisor implements Supervisor {
  readonly core: CoreProcess;
  readonly ended: Promise<SupervisorEnd>;
  readonly #options: SupervisorOptions;
  readonly #settings: SettingsStore;
  readonly #lock: InstanceLock;
  readonly #disk: DiskLane;
  readonly #logFile: LogFile;
  readonly #token: Uint8Array;
  readonly #listeners = new Set<() => void>();
  readonly #startedAt = systemNow().utcMs;
  readonly #lockLost = Promise.withResolvers<SupervisorEnd>();
  #control: SupervisorEndpoint | undefined;
  #lockCheck: NodeJS.Timeout | undefined;
  #lockLostLooks = 0;

  constructor(options: SupervisorOptions, lock: InstanceLock) {
    const { dataDir, flags, coreProgram, environment } = options;
    this.#options = options;
    this.#lock = lock;
    this.#disk = new DiskLane((event, fields) => this.#logFile.log(event, fields));
    this.#settings = new SettingsStore(dataDir, flags, environment, this.#disk);
    this.#logFile = openLog(dataDir, this.#logLevel, () => systemNow().steadyMs);
    this.#token = controlToken(dataDir);
    const earlierStarts = readRunFile(dataDir, 'wanted.json')?.supervisorStarts ?? [];
    this.core = new CoreProcess({
      dataDir,
      program: coreProgram,
      flags,
      token: this.#token,
      supervisor: { pid: process.pid, startedAt: this.#startedAt },
      supervisorStarts: [...earlierStarts, this.#startedAt].slice(-SUPERVISOR_STARTS_MAX),
      rules: () => lifecycleRules(this.settings),
      onSpawn: async () => {
        await this.#settings.reload();
        this.#logFile.setLevel(this.#logLevel);
      },
      onSettings: (told) => {
        this.#settings.adopt(told);
        this.#logFile.setLevel(this.#logLevel);
        this.#tellChanged();
      },
      disk: this.#disk,
      now: systemNow,
      log: this.#logFile.log,
      onChange: () => this.#tellChanged(),
    });
    this.ended = this.#end();
  }

  get settings(): Settings {
    return this.#settings.inForce;
  }

  get log(): Log {
    return this.#logFile.log;
  }

  get #logLevel(): LogLevel {
    return this.settings['log.level'] as LogLevel;
  }

  async begin(): Promise<void> {
    const { dataDir, flags } = this.#options;
    this.#logFile.log('supervisor.started', { dataDir, flags, startedAt: this.#startedAt });
    this.#control = await serveSupervisorControl({
      dataDir,
      token: this.#token,
      core: this.core,
      status: () => this.status(),
      settings: this.#settings,
      log: this.#logFile.log,
      onShow: () => this.#options.onShow?.(),
      onWindowHidden: () => this.#options.onWindowHidden?.(),
    });
    await this.#writeWhoWeAre(this.#control.address);
    this.#lockCheck = setInterval(() => this.#checkLock(), LOCK_CHECK_MS);
    this.core.begin();
  }

  /** For those who look for us; on a full disk they still find the socket, and the server has to start all the same. */
  async #writeWhoWeAre(control: string): Promise<void> {
    const { pid } = process;
    const whoWeAre = { pid, startedAt: this.#startedAt, processStart: processStartOf(pid), control };
    const { dataDir } = this.#options;
    try {
      await this.#disk.write('run/supervisor.json', () =>
        writeRunFileAsync(dataDir, 'supervisor.json', whoWeAre),
      );
    } catch (error) {
      this.#logFile.log('supervisor.wanted.unwritten', { error });
    }
  }

  status(): ServerStatus {
    const { lifecycle, facts } = this.core;
    const { core, flags, clients, restarts, lastDeath, watchdog, suspectSince } = lifecycle;
    // What an earlier core said of its work and its troubles is no longer true.
    const told = facts !== null && facts.pid === core?.pid ? facts : null;
    // Its port is asked for as soon as it says that it serves: until then nobody could use the answer "running".
    const state = lifecycle.state === 'running' && !facts?.port ? 'starting' : lifecycle.state;
    return {
      state,
      flags: [...flags],
      name: serverName(this.settings),
      serverId: facts?.serverId ?? null,
      epoch: facts?.epoch ?? null,
      dataDir: this.#options.dataDir,
      port: facts?.port ?? null,
      clients: told?.clients ?? clients,
      supervisor: { pid: process.pid, startedAt: this.#startedAt },
      core: {
        pid: core?.pid ?? null,
        state,
        startedAt: core?.startedAt ?? null,
        // One that was adopted says so itself.
        safeMode: told?.safeMode ?? (core !== null && lifecycle.safeMode),
        suspectSince: core !== null && watchdog.suspect ? suspectSince : null,
        restarts,
        lastDeath,
        mendsDeath: lifecycle.mendsDeath,
      },
      stopping: stoppingTold(lifecycle.stopping, told?.stopping ?? null),
      notices: told?.notices ?? [],
      recovery: told?.recovery ?? null,
      lastRecovery: facts?.lastRecovery ?? null,
      work: told?.work ?? [],
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    this.core.stop(this.settings['stop.graceMs'], 'end');
  }

  force(): void {
    this.core.force();
  }

  async fault(error: unknown): Promise<void> {
    this.#logFile.log('supervisor.fault', { error });
    await this.#logFile.close();
  }

  #tellChanged(): void {
    this.#control?.tellChanged();
    for (const listener of this.#listeners) listener();
  }

  /** Both files are open or bound here, so the kernel has their entries at hand: neither look waits for a disk. */
  #checkLock(): void {
    if (this.#lock.holds() && this.#control?.stands() !== false) return;
    this.#lockLostLooks += 1;
    if (this.#lockLostLooks === 1) this.#logFile.log('supervisor.lock.lost', {});
    if (this.#lockLostLooks < LOCK_LOST_LOOKS) return;
    this.core.abandon();
    this.#lockLost.resolve({ exitCode: 'LOCK_LOST', message: exitCodes.LOCK_LOST.meaning });
  }

  async #end(): Promise<SupervisorEnd> {
    const stopped = this.core.ended.then(
      ({ outcome }): SupervisorEnd => outcome ?? { exitCode: 'OK', message: exitCodes.OK.meaning },
    );
    const end = await Promise.race([stopped, this.#lockLost.promise]);
    clearInterval(this.#lockCheck);
    // The answer to the caller of `stop` is written in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#control?.close();
    if (end.exitCode !== 'LOCK_LOST') removeRunFile(this.#options.dataDir, 'supervisor.json');
    this.#logFile.log('supervisor.stopped', { ...end });
    await this.#logFile.close();
    this.#lock.release();
    return end;
  }
}
