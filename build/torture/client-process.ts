// The campaign's end of a client process: starts it on its journal, hears its progress, kills it, starts it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientProgress, ClientTask, FromClient, ToClient } from './client-messages.ts';
import { until } from './waiting.ts';

const nothingYet: ClientProgress = {
  connections: 0,
  losses: 0,
  answered: 0,
  answeredOnThisConnection: 0,
  unanswered: 0,
};

export class ClientProcess {
  readonly task: ClientTask;
  readonly #program: string;
  readonly #outputFile: string;
  #child: ChildProcess | undefined;
  #progress: ClientProgress = nothingYet;
  #finished = false;
  #ended = false;

  /** @param tree the source tree whose client library it uses */
  constructor(tree: string, task: ClientTask) {
    this.task = task;
    this.#program = join(tree, 'build/torture/client-program.ts');
    this.#outputFile = `${task.journal}.output`;
  }

  /** Of the present process. */
  get progress(): ClientProgress {
    return this.#progress;
  }

  start(): void {
    if (this.#ended) throw new Error('the campaign is over');
    const output = openSync(this.#outputFile, 'a');
    const child = spawn(process.execPath, [this.#program, JSON.stringify(this.task)], {
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    this.#child = child;
    this.#progress = nothingYet;
    child.on('message', (message: FromClient) => {
      if (child !== this.#child) return; // the last words of one that was killed
      if (message.type === 'progress') this.#progress = message;
      else this.#finished = true;
    });
  }

  /** Ends it at whatever instruction it is. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** … and for good. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.kill();
  }

  /** Throws, with its last words, when it ended although nobody killed it. */
  checkAlive(): void {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    if (exitCode === null && signalCode === null) return;
    if (exitCode === 0 && this.#finished) return;
    const words = readFileSync(this.#outputFile, 'utf8').slice(-2_000);
    const { clientName } = this.task.surroundings;
    throw new Error(`client ${clientName} ended by itself (${exitCode ?? signalCode}):\n${words}`);
  }

  /** Lets it end: no new acts, every open one answered. */
  async finish(): Promise<void> {
    const message: ToClient = { type: 'finish' };
    this.#child?.send(message);
    const { clientName } = this.task.surroundings;
    await until(
      () => `client ${clientName} to get the ${this.#progress.unanswered} answers that it still waits for`,
      () => {
        this.checkAlive();
        const ended = this.#child === undefined || this.#child.exitCode === 0;
        return this.#finished && ended ? true : undefined;
      },
    );
  }
}
