// The main thread's side of the writer: gathers commands into groups, hands them over, and settles their promises.

import { closeSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { canonicalJson, type LogEventName, limits, MasalaError, type WireError } from '@masala/protocol';
import { ChainEndSync } from './chain-end.ts';
import type { CommandName, PublishedEvent } from './command.ts';
import { FullDisk } from './full-disk.ts';
import type { WaitingCommand } from './group-commit.ts';
import type { OpenedStore } from './open.ts';
import { Pool } from './pool.ts';
import type { FromWriter, ThreadAnswer, ToWriter, WriterThreadInput } from './writer-messages.ts';

/**
 * Groups on their way to the thread at once: while one is on its way to the disk the next waits at the thread's door, so
 * that it never idles; more would only take commands out of reach of their deadlines.
 */
const GROUPS_UNDER_WAY_MAX = 2;

/** How often deadlines of waiting commands are looked at: they are tens of seconds, so half a second is exact enough. */
const DEADLINE_SWEEP_MS = 500;

export interface CommandRequest {
  readonly commandId: string;
  readonly deviceId: string;
  /** Whether a replay must come from the same device (not so for imports). */
  readonly bound: boolean;
  readonly method: CommandName;
  /** As received; a `commandId` in it is left out of body and digest. */
  readonly params: Readonly<Record<string, unknown>>;
  /** UTC ms; it ends the command only before the writer thread took it. */
  readonly deadlineAt: number;
  /** What role and state say against it, if anything: told only when the command is no replay. */
  readonly refusal: WireError | null;
}

export interface WriterOptions {
  readonly databasePath: string;
  readonly now: () => number;
  readonly commitSlowMs: number;
  readonly log: (event: LogEventName, fields: Record<string, unknown>) => void;
  /** What to tell subscribed sessions, after the commit. */
  readonly onEvents: (events: readonly PublishedEvent[]) => void;
  /** Saves meet a full disk from now on, or no longer. */
  readonly onFullDisk?: (full: boolean) => void;
  /** Something is on the disk that was not there before; called after each group, so it has to be cheap. */
  readonly onCommitted?: () => void;
  /** The writer is gone or must not be trusted: the process has to end at once, without another answer. */
  readonly onFault: (fault: { readonly commitUnknown: boolean; readonly reason: string }) => void;
}

/** The store could not be opened. `foreign`: from a newer version, or another program's file. */
export class StoreUnusableError extends Error {
  override readonly name = 'StoreUnusableError';
  readonly foreign: boolean;
  readonly code: string | null;

  constructor(reason: string, foreign: boolean, code: string | null) {
    super(reason);
    this.foreign = foreign;
    this.code = code;
  }
}

interface Waiting {
  readonly command: WaitingCommand;
  readonly since: number;
  readonly deadlineAt: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Writer {
  readonly opened: OpenedStore;
  readonly #options: WriterOptions;
  readonly #thread: Worker;
  readonly #checkpointPool = new Pool(1);
  readonly #databaseDescriptor: number;
  readonly #chainEndSync: ChainEndSync;
  readonly #sweep: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #underWay: Waiting[][] = [];
  #flushScheduled = false;
  #lastSequence: number;
  #nextQuestion = 0;
  readonly #questions = new Map<number, Pick<Waiting, 'resolve' | 'reject'>>();
  readonly #fullDisk = new FullDisk();
  #checkpoint: Promise<void> = Promise.resolve();
  #idle: (() => void)[] = [];
  #closing = false;
  #closed: (() => void) | undefined;

  /** Starts the thread and opens the store. Throws StoreUnusableError. */
  static async start(options: WriterOptions): Promise<Writer> {
    const input: WriterThreadInput = { databasePath: options.databasePath };
    const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: input });
    const first = await new Promise<FromWriter>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    if (first.type === 'opened') return new Writer(options, thread, first.opened);
    await thread.terminate();
    if (first.type !== 'open-failed') throw new Error(`the writer thread began with ${first.type}`);
    throw new StoreUnusableError(first.reason, first.foreign, first.code);
  }

  private constructor(options: WriterOptions, thread: Worker, opened: OpenedStore) {
    this.#options = options;
    this.#thread = thread;
    this.opened = opened;
    this.#lastSequence = opened.lastSequence;
    // Kept open until the process ends: see checkpoint.ts.
    this.#databaseDescriptor = openSync(options.databasePath, 'r+');
    this.#chainEndSync = new ChainEndSync(
      options.databasePath,
      () => this.#lastSequence,
      (error) => options.log('store.chain-end.unwritten', { error }),
    );
    this.#sweep = setInterval(() => this.#expireDeadlines(), DEADLINE_SWEEP_MS).unref();
    thread.removeAllListeners('error');
    thread.on('message', (message: FromWriter) => this.#receive(message));
    thread.on('error', (error) =>
      this.#fault(false, error instanceof Error ? (error.stack ?? '') : String(error)),
    );
    thread.on('exit', () => {
      if (this.#closed === undefined) this.#fault(false, 'the writer thread ended unasked');
      else this.#closed();
    });
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Commands that have no answer yet. */
  get queueDepth(): number {
    return this.#underWay.reduce((sum, group) => sum + group.length, this.#waiting.length);
  }

  /** How long the oldest unanswered command has waited; 0 when there is none. */
  get oldestCommandMs(): number {
    const oldest = this.#underWay[0]?.[0] ?? this.#waiting[0];
    return oldest === undefined ? 0 : Math.max(0, this.#options.now() - oldest.since);
  }

  /** Books a command; resolves with its result once it is on the disk, and rejects with a MasalaError. */
  submit(request: CommandRequest): Promise<unknown> {
    if (this.#waiting.length >= limits.writerQueueCommandsMax)
      return Promise.reject(new MasalaError('SERVER_BUSY'));
    const { commandId: _, ...content } = request.params;
    const command: WaitingCommand = {
      commandId: request.commandId,
      deviceId: request.deviceId,
      bound: request.bound,
      method: request.method,
      body: canonicalJson(content),
      refusal: request.refusal,
    };
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        command,
        since: this.#options.now(),
        deadlineAt: request.deadlineAt,
        resolve,
        reject,
      });
      this.#scheduleFlush();
    });
  }

  /** Goes through the writer thread and back: it proves that the thread takes work. */
  async ping(): Promise<{ lastSequence: number; queueDepth: number; oldestCommandMs: number }> {
    const lastSequence = await this.#ask((id) => ({ type: 'ping', id }));
    return { lastSequence, queueDepth: this.queueDepth, oldestCommandMs: this.oldestCommandMs };
  }

  /**
   * Drops the bodies of commands older than a year, a chunk at a time, but never of the newest `kept`; gives how many.
   * Rejects where that fails.
   */
  async expireBodies(kept: number = limits.commandBodiesKept): Promise<number> {
    const before = this.#options.now() - limits.commandBodyRetentionMs;
    let expired = 0;
    for (;;) {
      const chunk = await this.#ask((id) => ({ type: 'expire-bodies', id, before, kept }));
      expired += chunk;
      if (chunk < limits.commandExpiryChunk) return expired;
    }
  }

  /** Resolves when every command that was given has its answer. */
  async drained(): Promise<void> {
    if (this.queueDepth === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Ends thread and store; commands without an answer stay without one (their clients give them again). */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweep);
    await this.#checkpoint;
    await this.#checkpointPool.close();
    const ended = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.#say({ type: 'close' });
    await ended;
    this.#chainEndSync.close();
    closeSync(this.#databaseDescriptor);
  }

  #say(message: ToWriter): void {
    this.#thread.postMessage(message);
  }

  #ask(question: (id: number) => ToWriter): Promise<number> {
    const id = this.#nextQuestion++;
    return new Promise<unknown>((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#say(question(id));
    }) as Promise<number>;
  }

  /** After this turn of the event loop, so that all that came in one turn is one group. */
  #scheduleFlush(): void {
    if (this.#closing || this.#flushScheduled || this.#underWay.length >= GROUPS_UNDER_WAY_MAX) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#closing || this.#waiting.length === 0 || this.#underWay.length >= GROUPS_UNDER_WAY_MAX) return;
    const group = this.#waiting.splice(0, limits.groupCommandsMax);
    this.#underWay.push(group);
    this.#say({ type: 'group', commands: group.map((waiting) => waiting.command) });
    if (this.#waiting.length > 0) this.#scheduleFlush();
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'group-done':
        this.#settle(message);
        break;
      case 'pong':
        this.#takeQuestion(message.id)?.resolve(message.lastSequence);
        break;
      case 'bodies-expired':
        this.#takeQuestion(message.id)?.resolve(message.expired);
        break;
      case 'expiry-failed':
        this.#takeQuestion(message.id)?.reject(new Error(message.reason));
        break;
      case 'checkpoint-failed':
        this.#options.log('store.checkpoint.failed', { error: message.reason });
        break;
      case 'chain-end-unwritten':
        this.#options.log('store.chain-end.unwritten', { error: message.reason });
        break;
      case 'commit-unknown':
        this.#fault(true, message.reason);
        break;
      case 'opened':
      case 'open-failed':
      case 'closed':
        break;
    }
  }

  #settle(done: Extract<FromWriter, { type: 'group-done' }>): void {
    const group = this.#underWay.shift() ?? [];
    const booked = done.lastSequence > this.#lastSequence;
    this.#lastSequence = done.lastSequence;
    for (const [index, waiting] of group.entries()) this.#settleOne(waiting, done.answers[index]);
    this.#noteFullDisk(done.answers.filter(isDiskFull).length, booked);
    if (done.events.length > 0) this.#options.onEvents(done.events);
    if (booked) this.#options.onCommitted?.();
    if (done.elapsedMs > this.#options.commitSlowMs) {
      this.#options.log('store.commit.slow', {
        elapsedMs: Math.round(done.elapsedMs),
        commands: group.length,
      });
    }
    if (done.checkpointDue && !this.#closing) this.#checkpoint = this.#runCheckpoint();
    this.#scheduleFlush();
    this.#tellIdle();
  }

  #settleOne(waiting: Waiting, answer: ThreadAnswer | undefined): void {
    if (answer === undefined) throw new Error('the writer thread answered fewer commands than it was given');
    if (answer.outcome === 'done') return waiting.resolve(JSON.parse(answer.answer));
    const { error } = answer;
    if (answer.causeStack !== undefined && !isDiskFull(answer)) {
      const { method, commandId } = waiting.command;
      this.#options.log('store.command.failed', {
        method,
        commandId,
        code: error.code,
        error: answer.causeStack,
      });
    }
    waiting.reject(MasalaError.fromWire(error));
  }

  /** Once a spell, not once a command: the log lies on the same full disk. */
  #noteFullDisk(failures: number, booked: boolean): void {
    const { log, onFullDisk, now } = this.#options;
    const change = this.#fullDisk.note(failures, booked, now());
    if (change === undefined) return;
    const { type, ...fields } = change;
    log(type === 'begun' ? 'store.disk-full' : 'store.disk-full.over', fields);
    onFullDisk?.(type === 'begun');
  }

  async #runCheckpoint(): Promise<void> {
    const startedAt = this.#options.now();
    const { databasePath, commitSlowMs, log } = this.#options;
    try {
      await this.#checkpointPool.run('checkpoint', {
        databasePath,
        databaseDescriptor: this.#databaseDescriptor,
      });
    } catch (error) {
      log('store.checkpoint.failed', { error: error instanceof Error ? error.stack : String(error) });
    }
    const elapsedMs = this.#options.now() - startedAt;
    if (elapsedMs > commitSlowMs) log('store.checkpoint.slow', { elapsedMs });
    this.#say({ type: 'finish-checkpoint' });
  }

  #expireDeadlines(): void {
    const now = this.#options.now();
    const late = this.#waiting.filter((waiting) => waiting.deadlineAt <= now);
    if (late.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting.deadlineAt > now);
    for (const waiting of late) waiting.reject(new MasalaError('DEADLINE_EXCEEDED'));
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.queueDepth > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeQuestion(id: number) {
    const question = this.#questions.get(id);
    this.#questions.delete(id);
    return question;
  }

  #fault(commitUnknown: boolean, reason: string): void {
    this.#options.onFault({ commitUnknown, reason });
  }
}

function isDiskFull(answer: ThreadAnswer): boolean {
  return answer.outcome === 'failed' && answer.error.code === 'DISK_FULL';
}
