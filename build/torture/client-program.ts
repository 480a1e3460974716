// A client process under fire, on the real client library: writes into its journal what it will ask before it asks, and
// what it was told when it was told. Started by the campaign, killed at any instruction, started again on the same journal.
import { type Client, connect, newCommandId, readProfile } from '@masala/client';
import { MasalaError } from '@masala/protocol';
import { type Chance, chanceOf } from './chance.ts';
import type { ClientProgress, ClientTask, FromClient, ToClient } from './client-messages.ts';
import { Work } from './client-work.ts';
import { type Answered, type Intent, type Journal, openJournal, readJournal } from './journal.ts';

/** Short, for a campaign kills every half second: the library's own three seconds would leave no saves between. */
const RETRY_DELAY_MS = 100;
/** Acts are begun this often: at 100 a second and four clients, each time one or none. */
const BEAT_MS = 20;
/** Acts without an answer: reached within seconds of standstill; caught up with in one group commit. */
const UNANSWERED_MAX = 100;

class WorkingClient {
  readonly #task: ClientTask;
  readonly #work: Work;
  readonly #journal: Journal;
  readonly #chance: Chance;
  readonly #client: Client;
  #connections = 0;
  #losses = 0;
  #answeredBefore = 0;
  #stands = false;
  #finishing = false;
  #progressDue = true;
  #beats: NodeJS.Timeout | undefined;

  constructor(task: ClientTask) {
    this.#task = task;
    this.#work = new Work(task.surroundings);
    for (const line of readJournal(task.journal)) this.#work.note(line);
    this.#journal = openJournal(task.journal);
    // Another process, other acts: the seed goes with the place in the journal.
    this.#chance = chanceOf(task.seed + this.#work.answeredCount);
    this.#client = connect({ ...readProfile(task.profile), discoveryPort: 0, retryDelayMs: RETRY_DELAY_MS });
    this.#client.on('state', ({ phase, ...state }) => {
      if (phase === 'ended') throw new Error('the connection ended for good', { cause: state });
      if (phase === 'ready' && !this.#stands) this.#connected();
      else if (phase !== 'ready' && this.#stands) this.#lost();
    });
  }

  run(): void {
    // What the process before us left open: whether it was booked only the server knows.
    for (const intent of this.#work.unanswered) void this.#give(intent);
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
    process.on('message', (message: ToClient) => {
      if (message.type === 'finish') this.#finishing = true;
    });
    // Without its campaign nobody would end it.
    process.on('disconnect', () => process.exit(1));
  }

  #beat(): void {
    const { ratePerSecond, startedAt } = this.#task;
    const due = ((Date.now() - startedAt) / 1_000) * ratePerSecond;
    while (
      !this.#finishing &&
      this.#work.answeredCount + this.#work.unanswered.length < due &&
      this.#work.unanswered.length < UNANSWERED_MAX
    ) {
      this.#act();
    }
    if (this.#progressDue) this.#tell({ type: 'progress', ...this.#progress() });
    this.#progressDue = false;
    if (this.#finishing && this.#work.unanswered.length === 0) this.#finish();
  }

  #act(): void {
    const intent: Intent = { type: 'intent', commandId: newCommandId(), ...this.#work.next(this.#chance) };
    this.#work.note(intent);
    this.#journal.append(intent);
    void this.#give(intent);
  }

  async #give({ commandId, method, params }: Intent): Promise<void> {
    let answered: Answered;
    try {
      // The journal keeps params as plain data; the library checks them against the contract before it sends them.
      const result = await this.#client.call(method, { ...params, commandId } as never);
      answered = { type: 'answer', commandId, result };
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error;
      const { code, data } = error;
      answered = { type: 'answer', commandId, error: data === undefined ? { code } : { code, data } };
    }
    this.#journal.append(answered);
    this.#work.note(answered);
    this.#progressDue = true;
  }

  #connected(): void {
    this.#stands = true;
    this.#connections++;
    this.#answeredBefore = this.#work.answeredCount;
    this.#progressDue = true;
  }

  #lost(): void {
    this.#stands = false;
    this.#losses++;
    this.#progressDue = true;
  }

  #progress(): ClientProgress {
    const answered = this.#work.answeredCount;
    return {
      connections: this.#connections,
      losses: this.#losses,
      answered,
      answeredOnThisConnection: this.#stands ? answered - this.#answeredBefore : 0,
      unanswered: this.#work.unanswered.length,
    };
  }

  #finish(): void {
    clearInterval(this.#beats);
    this.#tell({ type: 'finished' });
    this.#client.removeAllListeners('state');
    this.#client.close();
    this.#journal.close();
    process.removeAllListeners('disconnect');
    process.disconnect();
    process.exitCode = 0;
  }

  #tell(message: FromClient): void {
    // The campaign may be gone between two beats; `disconnect` then ends this process.
    process.send?.(message, undefined, undefined, () => undefined);
  }
}

const [task] = process.argv.slice(2);
if (task === undefined) throw new Error('client-program.ts is started by a campaign');
new WorkingClient(JSON.parse(task) as ClientTask).run();
