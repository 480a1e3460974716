// The clients of a campaign: real processes that save without a pause, what they have come to, and their journals.
import type { ClientProgress, ClientTask } from './client-messages.ts';
import { ClientProcess } from './client-process.ts';
import { type JournalLine, readJournal } from './journal.ts';
import { until } from './waiting.ts';

export class ClientsAtWork {
  readonly #clients: ClientProcess[] = [];

  /** Starts a process for a task. */
  start(tree: string, task: ClientTask): void {
    const client = new ClientProcess(tree, task);
    this.#clients.push(client);
    client.start();
  }

  /** Of each client, in the order of their start. */
  get progress(): ClientProgress[] {
    return this.#clients.map(({ progress }) => progress);
  }

  /** Acts answered in all. */
  get answered(): number {
    return this.#clients.reduce((sum, { progress }) => sum + progress.answered, 0);
  }

  /** Kills one of them and starts it again on its journal. */
  async restart(number: number): Promise<void> {
    await this.#clients[number]?.kill();
    this.#clients[number]?.start();
  }

  /** Each client is answered from now on; where `before` is given, over a newer connection than it had then. */
  async everybodySaves(before?: readonly ClientProgress[]): Promise<void> {
    const now = this.progress;
    for (const [number, client] of this.#clients.entries()) {
      await until(
        () => `client-${number} to save again; it has ${JSON.stringify(client.progress)}`,
        () => {
          client.checkAlive();
          const { connections, answered, answeredOnThisConnection } = client.progress;
          const isNewer = before === undefined || connections > (before[number]?.connections ?? 0);
          const saved = answeredOnThisConnection > 0 && answered > (now[number]?.answered ?? 0);
          return isNewer && saved ? true : undefined;
        },
      );
    }
  }

  /** Lets all of them end: no new acts, every open one answered. */
  async finish(): Promise<void> {
    for (const client of this.#clients) await client.finish();
  }

  /** What each of them wrote down. */
  journals(): JournalLine[][] {
    return this.#clients.map(({ task }) => readJournal(task.journal));
  }

  /** No process of theirs is left, whatever happened, and none is started any more. */
  async end(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
  }
}
