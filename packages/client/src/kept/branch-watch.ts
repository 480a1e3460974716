// Keeps what is acknowledged, and after each sign-in compares the server's history with the one that this PC knew.

import { MasalaError, reasonOf } from '@masala/protocol';
import type { NamedCall } from '../calls.ts';
import type { Hello } from '../hello.ts';
import { type Branch, branchFrom } from './branch.ts';
import type { HistoryNote } from './history-note.ts';
import type { KeptCommand, KeptCommands } from './kept-commands.ts';
import { type ResendOptions, resend } from './resend.ts';
import { survey } from './survey.ts';

/** The server's history was branched; `missing`: the acknowledged commands of this PC that it lacks, oldest first. */
export interface Branched extends Branch {
  readonly missing: readonly KeptCommand[];
}

export interface BranchWatchOptions {
  readonly kept: KeptCommands;
  readonly note: HistoryNote;
  readonly call: NamedCall;
  onBranched(branched: Branched): void;
  /** The comparison came to no end; the next sign-in begins it anew. */
  onTrouble(error: MasalaError): void;
}

interface Found {
  readonly branched: Branched;
  /** Everything that was missing when this history was first met. */
  readonly gone: readonly KeptCommand[];
}

export class BranchWatch {
  readonly #options: BranchWatchOptions;
  #hello: Hello | undefined;
  #found: Found | undefined;
  #compared = comparison();
  #isCompared = false;
  /** Grows whenever what is being compared no longer counts. */
  #turn = 0;

  constructor(options: BranchWatchOptions) {
    this.#options = options;
  }

  /** What is gone, once this connection or the next one has been compared; undefined where nothing is. */
  get compared(): Promise<Branched | undefined> {
    return this.#compared.promise;
  }

  /** Signed in. */
  ready(hello: Hello): void {
    this.lost();
    this.#hello = hello;
    const turn = this.#turn;
    this.#compare(hello).then(
      (found) => {
        if (this.#turn === turn) this.#settle(found);
      },
      (error: unknown) => {
        if (this.#turn !== turn) return;
        this.#compared.reject(this.#told(error));
        this.#isCompared = true;
      },
    );
  }

  /** The connection went; what it was asked is void. */
  lost(): void {
    this.#turn++;
    this.#hello = undefined;
    this.#awaitNext();
  }

  /** No connection will come any more. */
  end(error: MasalaError): void {
    this.lost();
    this.#compared.reject(error);
    this.#isCompared = true;
  }

  /** `Client.resend` says how it ends. */
  async resend(commands: readonly KeptCommand[], options: ResendOptions): Promise<void> {
    await this.compared;
    const found = this.#found;
    if (found === undefined) return;
    const { branched, gone } = found;
    const wanted = new Set(commands.map(({ commandId }) => commandId));
    const refused: string[] = [];
    await resend({
      ...options,
      call: this.#options.call,
      gone,
      missing: idsOf(branched.missing),
      wanted,
      unless: () => {
        const present = this.#hello?.epoch;
        if (present === branched.to) return undefined;
        return new MasalaError('HISTORY_BRANCHED', { from: branched.to, to: present });
      },
      onResult: (resent) => {
        if (resent.outcome === 'refused') refused.push(resent.command.commandId);
        options.onResult?.(resent);
      },
    });
    const left = branched.missing.filter(({ commandId }) => !wanted.has(commandId));
    if (left.length === 0) return this.#acknowledge(branched, refused);
    this.#found = { gone, branched: { ...branched, missing: left } };
    this.#settle(this.#found);
  }

  /** Nothing of it will be sent again; the present history is the known one from here on. */
  dismiss(): void {
    if (this.#found === undefined) return;
    const { branched } = this.#found;
    this.#acknowledge(branched, [...idsOf(branched.missing)]);
  }

  #acknowledge(branched: Branched, letGo: readonly string[]): void {
    try {
      this.#options.kept.letGo(letGo);
      this.#options.note.write({ epoch: branched.to, branch: null });
    } catch (error) {
      throw this.#told(error);
    }
    this.#turn++;
    this.#settle(undefined);
  }

  #settle(found: Found | undefined): void {
    this.#awaitNext();
    this.#found = found;
    this.#isCompared = true;
    if (found !== undefined) this.#options.onBranched(found.branched);
    const isAnyGone = (found?.branched.missing.length ?? 0) > 0;
    this.#compared.resolve(isAnyGone ? found?.branched : undefined);
  }

  #awaitNext(): void {
    if (this.#isCompared) this.#compared = comparison();
    this.#isCompared = false;
  }

  #told(error: unknown): MasalaError {
    const trouble = asTrouble(error);
    this.#options.onTrouble(trouble);
    return trouble;
  }

  async #compare(hello: Hello): Promise<Found | undefined> {
    const { kept, note, call } = this.#options;
    const written = note.read();
    const known = written ?? { epoch: kept.read().at(-1)?.epoch ?? hello.epoch, branch: null };
    if (known.branch === null && known.epoch === hello.epoch) {
      if (written === undefined) note.write(known);
      return undefined;
    }
    // Where the known history itself came back, what the branch had is what may be missing now.
    const from = known.branch !== null && known.epoch === hello.epoch ? known.branch.to : known.epoch;
    const branch = branchFrom(from, hello);
    const isNew = known.branch?.to !== hello.epoch;
    const offered = new Set(known.branch?.gone);
    const commands = kept.read().filter(({ commandId }) => isNew || offered.has(commandId));
    const lacking = await survey(call, commands, branch.salvaged);
    if (this.#hello !== hello) return undefined; // another connection came, and is compared by itself
    const isMissing = ({ commandId }: KeptCommand) => lacking.has(commandId);
    const gone = commands.filter((command) => isMissing(command) || offered.has(command.commandId));
    const missing = commands.filter(isMissing);
    if (missing.length === 0) note.write({ epoch: hello.epoch, branch: null });
    else if (isNew) {
      note.write({ epoch: from, branch: { to: hello.epoch, gone: gone.map(({ commandId }) => commandId) } });
    }
    return { gone, branched: { ...branch, missing } };
  }
}

function idsOf(commands: readonly KeptCommand[]): ReadonlySet<string> {
  return new Set(commands.map(({ commandId }) => commandId));
}

function comparison(): PromiseWithResolvers<Branched | undefined> {
  const made = Promise.withResolvers<Branched | undefined>();
  // Whoever wants to know asks for it; that nobody did is no fault.
  made.promise.catch(() => undefined);
  return made;
}

/** Why the profile's folder or the server let us down, in the terms of the table: anything else is a fault of ours. */
export function asTrouble(error: unknown): MasalaError {
  if (error instanceof MasalaError) return error;
  const reason = reasonOf(error);
  const isOfTheDisk = typeof (error as NodeJS.ErrnoException).code === 'string';
  return new MasalaError(isOfTheDisk ? 'PROFILE_UNUSABLE' : 'INTERNAL', { reason }, { cause: error });
}
