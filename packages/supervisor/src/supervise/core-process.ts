// The one adapter of this folder: feeds the lifecycle with what happens to the real core and carries out its effects.

import type { ChildProcess } from 'node:child_process';
import {
  type CoreControl,
  type CoreStatus,
  type Death,
  type EventOf,
  type Life,
  type MethodName,
  type ParamsOf,
  processLives,
  processStartOf,
  type ResultOf,
  type RunFile,
  readRunFile,
  type SettingInForce,
  type WorkProgress,
} from '@masala/protocol/control';
import { DiskSilentError } from '../disk-lane.ts';
import { CoreFiles, type CoreFilesOptions } from './core-files.ts';
import { type CoreFound, CoreLink } from './core-link.ts';
import { type StderrFile, spawnCore } from './core-spawn.ts';
import { nextTickMs, step } from './lifecycle.ts';
import {
  type Effect,
  type Lifecycle,
  type LifecycleEvent,
  type LifecycleRules,
  newLifecycle,
} from './lifecycle-state.ts';
import { livesAfter } from './lives.ts';
import { LivesFile, readLives } from './lives-file.ts';
import type { Now } from './now.ts';

export interface CoreProcessOptions extends CoreFilesOptions {
  /** The absolute path of the core's program. */
  readonly program: string;
  /** As they are now: a start of the core may bring other ones. */
  readonly rules: () => LifecycleRules;
  /** Called before each start of a core, which waits for it. Never rejects. */
  readonly onSpawn: () => Promise<void>;
  readonly token: Uint8Array;
  readonly supervisor: { readonly pid: number; readonly startedAt: number };
  /** What a core that answers was started with. */
  readonly onSettings: (settings: readonly SettingInForce[]) => void;
  readonly now: () => Now;
  /** Called after every change of what `lifecycle` and `facts` say. */
  readonly onChange: () => void;
}

/** The process that is watched: a child of ours, or one that an earlier supervisor started. */
interface WatchedProcess {
  readonly pid: number;
  readonly processStart: string | null;
  readonly child: ChildProcess | null;
  /** Where its lines begin in the stderr file. */
  readonly stderrFrom: number;
}

/** A killed process that is not our child is looked for this often until it is gone. */
const EXIT_POLL_MS = 25;
/** A core that serves answers at once; one that hangs is known by run/core.json all the same. */
const FIND_TIMEOUT_MS = 2_000;
/** Long work tells every chunk; ten pictures a second are enough for a person who watches. */
const FOLLOW_PAUSE_MS = 100;

export class CoreProcess {
  readonly #options: CoreProcessOptions;
  readonly #link: CoreLink;
  readonly #ended = Promise.withResolvers<Lifecycle>();
  readonly #queue: LifecycleEvent[] = [];
  readonly #progressListeners = new Set<(progress: WorkProgress) => void>();
  /** Who waits for another core than `before` to serve. */
  #restarting: { readonly resolve: () => void; readonly before: number | undefined }[] = [];
  readonly #files: CoreFiles;
  readonly #livesFile: LivesFile;
  #lives: readonly Life[];
  #lifecycle: Lifecycle;
  #facts: CoreStatus | null = null;
  #watched: WatchedProcess | null = null;
  /** What stood in run/exit-reason.json when it was read last. */
  #lastWords: RunFile<'exit-reason.json'> | null = null;
  /** What has to be written before a start or a stop, and these: one after the other. */
  #inOrder: Promise<void> = Promise.resolve();
  #livesWritten: Promise<void> = Promise.resolve();
  /** Starts that were decided: an earlier one that still waits for the disk is void. */
  #spawns = 0;
  /** The process is gone; what it left is not read yet. */
  #isReadingDeath = false;
  #busy = false;
  #following = false;
  #followAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #exitPoll: NodeJS.Timeout | undefined;

  constructor(options: CoreProcessOptions) {
    this.#options = options;
    this.#files = new CoreFiles(options);
    this.#livesFile = new LivesFile(options.dataDir, options.disk, options.log);
    this.#lives = readLives(options.dataDir, options.log);
    const before = readRunFile(options.dataDir, 'wanted.json');
    // The causes are this program's own words, written by an earlier run of it.
    const lastDeath = before?.lastDeath as Death | null | undefined;
    this.#lifecycle = newLifecycle(before?.deaths ?? [], lastDeath ?? null, options.now());
    this.#link = new CoreLink({
      dataDir: options.dataDir,
      token: options.token,
      supervisor: options.supervisor,
      onConnected: (core) => this.#connected(core),
      onOther: (core) => this.#meetsOther(core),
      onTold: (told) => this.#told(told),
      onWorkProgress: (progress) => {
        for (const listener of this.#progressListeners) listener(progress);
      },
      onLost: () => this.#awaitExit(),
    });
  }

  get lifecycle(): Lifecycle {
    return this.#lifecycle;
  }

  /** The last lives of the core, newest first. */
  get lives(): readonly Life[] {
    return this.#lives;
  }

  /** What the core said last of its identity, epoch and port; null before it ever answered. */
  get facts(): CoreStatus | null {
    return this.#facts;
  }

  /** Settles with the last state when the supervisor's work is done. Never rejects. */
  get ended(): Promise<Lifecycle> {
    return this.#ended.promise;
  }

  begin(): void {
    this.#dispatch({ type: 'begin' });
  }

  /** Begins the ordered stop, for good or to start again. `ended` or a later phase tells the outcome. */
  stop(graceMs: number, intent: 'end' | 'restart'): void {
    this.#dispatch({ type: 'stop', graceMs, intent });
  }

  /** Stops the core in order and starts it again; settles when the new one serves, or nothing more is tried. */
  async restart(graceMs: number): Promise<void> {
    const before = this.#lifecycle.core?.pid;
    this.stop(graceMs, 'restart');
    await new Promise<void>((resolve) => this.#restarting.push({ resolve, before }));
  }

  /** Ends an ordered stop that takes too long: what is in flight is lost to the server, not to its clients. */
  force(): void {
    this.#dispatch({ type: 'force' });
  }

  /** Calls the core. Rejects with SERVER_STARTING while it cannot be reached. */
  call<M extends MethodName<CoreControl>>(
    method: M,
    params: ParamsOf<CoreControl, M>,
    timeoutMs?: number,
  ): Promise<ResultOf<CoreControl, M>> {
    return this.#link.call(method, params, timeoutMs);
  }

  /** Hears how far the long work is that was asked of the core, until the returned function is called. */
  onWorkProgress(listener: (progress: WorkProgress) => void): () => void {
    this.#progressListeners.add(listener);
    return () => void this.#progressListeners.delete(listener);
  }

  /** Asks the core for its facts anew; an answer that does not come leaves the old ones. */
  async refresh(timeoutMs: number): Promise<void> {
    try {
      this.#learn(await this.#link.call('status', {}, timeoutMs));
    } catch {
      // the watchdog judges silence, not this question
    }
  }

  /** Lets go of the core without ending it: it goes on by itself, and starts another supervisor. */
  abandon(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#exitPoll);
    this.#link.close();
  }

  // --- the reducer's loop -----------------------------------------------------------------------------

  /** An effect may cause the next event at once: it waits until all effects of this one are carried out. */
  #dispatch(event: LifecycleEvent): void {
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    const livesBefore = this.#lives;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const now = this.#options.now();
        const before = this.#lifecycle;
        const { lifecycle, effects } = step(before, next, this.#options.rules(), now);
        this.#lifecycle = lifecycle;
        this.#lives = livesAfter(this.#lives, next, before, lifecycle, this.#wordsOf, now.utcMs);
        for (const effect of effects) this.#carryOut(effect);
      }
    } finally {
      this.#busy = false;
    }
    // After the effects: a core that has to be started does not wait for it.
    if (this.#lives !== livesBefore) this.#livesWritten = this.#livesFile.write(this.#lives);
    this.#schedule();
    this.#answerRestarts();
    this.#options.onChange();
    if (this.#lifecycle.phase === 'ended') {
      this.abandon();
      const isWritten = Promise.all([this.#inOrder, this.#livesWritten]);
      void isWritten.then(() => this.#ended.resolve(this.#lifecycle));
    }
  }

  #answerRestarts(): void {
    const { phase, core } = this.#lifecycle;
    const final = phase === 'stopped' || phase === 'ended';
    this.#restarting = this.#restarting.filter(({ resolve, before }) => {
      const waits = !final && (phase !== 'watched' || core?.pid === before);
      if (!waits) resolve();
      return waits;
    });
  }

  #schedule(): void {
    const now = this.#options.now();
    const polls = this.#lifecycle.phase === 'ending' && this.#watched?.child === null;
    const delayMs = polls ? EXIT_POLL_MS : nextTickMs(this.#lifecycle, this.#options.rules(), now);
    // A tick that is due earlier stays: signs of life must not put the clock off again and again.
    if (this.#timerAt <= now.steadyMs + delayMs || delayMs === Number.POSITIVE_INFINITY) return;
    clearTimeout(this.#timer);
    this.#timerAt = now.steadyMs + delayMs;
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      // Of one that is gone the next event says so: nobody is accused for its silence.
      if (this.#isReadingDeath) return;
      this.#checkAlive();
      this.#dispatch({ type: 'tick' });
    }, delayMs);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'look':
        return void this.#look();
      case 'spawn': {
        const turn = ++this.#spawns;
        return this.#afterwards(() => this.#spawn(effect.safeMode, turn));
      }
      case 'ping':
        return void this.#ping(effect.sequence);
      case 'ask-stop':
        return this.#afterwards(async () => void this.#askStop(effect.graceMs));
      case 'kill':
        return this.#kill();
      case 'persist':
        return this.#afterwards(() => this.#files.persist(effect.wanted, this.#lifecycle));
      case 'log':
        return this.#options.log(effect.event, effect.fields);
    }
  }

  /** `act` never rejects. */
  #afterwards(act: () => Promise<void>): void {
    this.#inOrder = this.#inOrder.then(act);
  }

  // --- effects ----------------------------------------------------------------------------------------

  async #look(): Promise<void> {
    const answering = await this.#link.find(FIND_TIMEOUT_MS);
    // One that hangs does not answer, but it wrote down who it is, and the kernel confirms it.
    const { core: written, words } = await this.#files.beforeStart();
    this.#lastWords = words;
    const alive =
      written !== null && written.processStart !== null && processLives(written.pid, written.processStart);
    const core = answering ?? (alive ? written : null);
    if (core === null) return this.#dispatch({ type: 'not-found' });
    this.#link.seek(core.pid);
    this.#adopt(core);
  }

  #adopt({ pid, startedAt }: CoreFound): void {
    // Where its lines begin only its own supervisor knew.
    this.#watched = { pid, processStart: processStartOf(pid), child: null, stderrFrom: 0 };
    this.#dispatch({ type: 'found', pid, startedAt });
  }

  /**
   * A core that was only starting when we looked for one answers now. It holds the directory, so the one that we
   * have started since, which never answered, waits for that lock in vain and is ended.
   */
  #meetsOther(core: CoreFound): boolean {
    const watched = this.#watched;
    const { phase } = this.#lifecycle;
    if (watched === null || watched.child === null || this.#facts?.pid === watched.pid) return false;
    if (phase !== 'starting' && phase !== 'stopping') return false;
    watched.child.kill('SIGKILL');
    this.#adopt(core);
    return true;
  }

  async #spawn(safeMode: boolean, turn: number): Promise<void> {
    const { onSpawn } = this.#options;
    if (!this.#maySpawn(turn)) return;
    await onSpawn();
    let stderr: StderrFile | null;
    try {
      stderr = await this.#files.openStderr();
    } catch (error) {
      return this.#maySpawn(turn)
        ? this.#dispatch({ type: 'spawn-failed', message: String(error) })
        : undefined;
    }
    try {
      if (this.#maySpawn(turn)) this.#spawnNow(safeMode, stderr);
    } finally {
      await stderr?.file.close();
    }
  }

  /** While it waited for the disk, something else may have been decided; or its patience may have ended. */
  #maySpawn(turn: number): boolean {
    if (turn !== this.#spawns) return false;
    const { phase } = this.#lifecycle;
    if (phase === 'ending') this.#dispatch({ type: 'spawn-failed', message: String(new DiskSilentError()) });
    return phase === 'starting';
  }

  #spawnNow(safeMode: boolean, stderr: StderrFile | null): void {
    const { dataDir, program, flags, now } = this.#options;
    this.#link.close();
    let child: ChildProcess;
    try {
      child = spawnCore({ program, dataDir, flags, safeMode, stderr });
    } catch (error) {
      return this.#dispatch({ type: 'spawn-failed', message: String(error) });
    }
    const { pid } = child;
    child.once('error', (error) => {
      if (pid === undefined) this.#dispatch({ type: 'spawn-failed', message: error.message });
    });
    if (pid === undefined) return;
    const stderrFrom = stderr?.bytes ?? 0;
    const watched: WatchedProcess = { pid, processStart: processStartOf(pid), child, stderrFrom };
    this.#watched = watched;
    child.once('exit', (code, signal) => void this.#gone(watched, code, signal));
    this.#options.log('core.spawned', { corePid: pid, safeMode });
    this.#dispatch({ type: 'spawned', pid, startedAt: now().utcMs });
    this.#link.seek(pid);
  }

  async #ping(sequence: number): Promise<void> {
    const { hangTimeoutMs } = this.#options.rules();
    try {
      const pong = await this.#link.call('ping', { sequence }, hangTimeoutMs);
      this.#dispatch({ ...pong, type: 'pong' });
      const { state, clients } = this.#facts ?? {};
      if (pong.state !== state || pong.clients !== clients) await this.refresh(hangTimeoutMs);
    } catch {
      // silence is what the watchdog measures
    }
  }

  /** A core that is only starting cannot hear it yet: it is asked again until it does, or its time is up. */
  async #askStop(graceMs: number): Promise<void> {
    while (this.#lifecycle.phase === 'stopping') {
      try {
        await this.#link.call('stop', { graceMs }, this.#options.rules().hangTimeoutMs);
        return this.#dispatch({ type: 'stop-heard' });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, EXIT_POLL_MS));
      }
    }
  }

  /** By pid and start time: an unknown process that got the pid since is left alone. */
  #kill(): void {
    const watched = this.#watched;
    if (watched === null) return;
    if (watched.child !== null) {
      watched.child.kill('SIGKILL');
      return;
    }
    // Where the kernel tells no start time, an open connection proves that the process is the one we know.
    const isOurs =
      watched.processStart === null ? this.#link.connected : processLives(watched.pid, watched.processStart);
    try {
      if (isOurs) process.kill(watched.pid, 'SIGKILL');
    } catch {
      return this.#checkAlive(); // it ended between the look and the kill
    }
  }

  // --- what happens to the core -----------------------------------------------------------------------

  #connected(core: CoreStatus): void {
    // One that was adopted may run with other settings than the file has by now.
    const told = this.#link.call('settings.inForce', {}, this.#options.rules().hangTimeoutMs);
    void told.then(
      ({ settings }) => this.#options.onSettings(settings),
      () => undefined, // it has gone again, or is of a version that does not tell
    );
    this.#facts = core;
    const { state, flags, clients } = core;
    this.#dispatch({ type: 'told', state, flags, clients, progress: this.#lifecycle.watchdog.progress });
  }

  #learn(core: CoreStatus): void {
    this.#facts = core;
    this.#options.onChange();
  }

  #told(told: EventOf<CoreControl, 'state.changed'>): void {
    this.#dispatch({ ...told, type: 'told' });
    this.#follow();
  }

  /** Whatever changed, the core's status has it: one question at a time, and another for what changed meanwhile. */
  #follow(): void {
    if (this.#following) {
      this.#followAgain = true;
      return;
    }
    this.#following = true;
    void this.refresh(this.#options.rules().hangTimeoutMs).then(() => {
      setTimeout(() => {
        this.#following = false;
        if (!this.#followAgain) return;
        this.#followAgain = false;
        this.#follow();
      }, FOLLOW_PAUSE_MS).unref();
    });
  }

  /** An adopted process sends us no exit event: its connection closes, or a look at the kernel's table shows it. */
  #checkAlive(): void {
    const watched = this.#watched;
    if (watched === null || watched.child !== null || processLives(watched.pid, watched.processStart)) return;
    void this.#gone(watched, null, null);
  }

  /** Its connection closes a moment before the process has ended: looked for until it is gone, or connected again. */
  #awaitExit(): void {
    clearTimeout(this.#exitPoll);
    if (this.#link.connected) return;
    this.#checkAlive();
    if (this.#watched?.child !== null) return;
    this.#exitPoll = setTimeout(() => this.#awaitExit(), EXIT_POLL_MS);
  }

  readonly #wordsOf = (pid: number) => (this.#lastWords?.pid === pid ? this.#lastWords : null);

  async #gone(
    watched: WatchedProcess,
    exitCode: number | null,
    signal: NodeJS.Signals | null,
  ): Promise<void> {
    if (this.#watched !== watched) return;
    this.#watched = null;
    this.#link.close();
    this.#isReadingDeath = true;
    const { words, stderr, wantedStopped } = await this.#files.afterDeath(watched.stderrFrom);
    this.#isReadingDeath = false;
    this.#lastWords = words;
    const reason = this.#wordsOf(watched.pid);
    this.#dispatch({
      type: 'exited',
      death: {
        exitCode: exitCode ?? (signal === null ? (reason?.code ?? null) : null),
        signal,
        reason: reason?.message ?? null,
        stderrTail: stderr,
      },
      wantedStopped,
    });
  }
}
