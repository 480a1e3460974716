// Carries the commands: those that prove themselves keep id, digests and answer, so that what a PC sends again is still known; from the
// first gap on they are numbered and chained anew.

import { sha256Hex } from '@masala/protocol/canonical';
import { type StoredCommand, textsProblem } from '../../inventory/verify/commands.ts';
import { bodyDigest, chainHash, GENESIS_HASH } from '../../store/chain.ts';
import type { Database } from '../../store/sqlite.ts';
import { isCommand } from './row-shapes.ts';

/** A command of which only the place, and perhaps the id, is known. */
export interface LostCommand {
  readonly sequence: number;
  readonly commandId: string | null;
  /** It was booked between these times (UTC ms): those of its neighbours. */
  readonly from: number;
  readonly to: number;
}

export interface CarriedCommands {
  readonly carried: number;
  readonly lost: readonly LostCommand[];
  /** Lost ones beyond those that are listed. */
  readonly lostTotal: number;
  /** The last command that has its place, content and hash as before. */
  readonly branch: { readonly sequence: number; readonly hash: string };
  readonly head: ChainHead;
  /** Up to this new sequence the texts have expired. */
  readonly bodiesExpiredTo: number;
}

interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** Listed one by one: each may hide a document that would be booked twice. More than that is no history any more. */
const LOST_LISTED_MAX = 10_000;
const UNBOUNDED = Number.MAX_SAFE_INTEGER;
/** So much may have been booked after the mark was last on the disk (a second); a sequence beyond it is damage itself. */
const AFTER_MARK_MAX = 100_000;
/** Hashes that a row may have had: damage in more than three rows on end is no longer told apart. */
const CANDIDATES_MAX = 4;
/** What stands in the chain for a command whose content is lost while what it booked is there. */
export const LOST_METHOD = 'salvage.lost';

const COMMAND_COLUMNS = `sequence, command_id AS commandId, device_id AS deviceId, user_id AS userId, method, at,
  outcome, digest, body, decided, decided_digest AS decidedDigest, answer, answer_digest AS answerDigest, hash`;

export interface CommandSource {
  readonly harvest: Database;
  readonly target: Database;
  /** The newest sequence that was ever booked, by the mark; 0 where that is not known. */
  readonly markedSequence: number;
  /** Called after each row. */
  readonly step: () => Promise<void>;
}

export async function carryCommands(source: CommandSource): Promise<CarriedCommands> {
  const { harvest, step } = source;
  const walk = new CommandWalk(source);
  const rows = harvest.prepare<[], Record<string, unknown>>(
    `SELECT ${COMMAND_COLUMNS} FROM commands WHERE sequence > 0 ORDER BY sequence`,
  );
  const sequenceMax = sequenceLimit(source);
  // One row ahead: whether it follows tells a changed hash from a changed row.
  let waiting: StoredCommand | undefined;
  for (const row of rows.iterate()) {
    if (!isCommand(row) || row.sequence > sequenceMax) continue;
    if (waiting !== undefined) walk.take(waiting, row);
    waiting = row;
    await step();
  }
  if (waiting !== undefined) walk.take(waiting, undefined);
  return walk.end();
}

/** The highest sequence that is believed: near to what mark and index say, where they say anything. */
function sequenceLimit({ harvest, markedSequence }: CommandSource): number {
  const indexed = harvest
    .prepare<[], unknown>("SELECT max(sequence) FROM known_commands WHERE typeof(sequence) = 'integer'")
    .pluck()
    .get();
  const known = Math.max(markedSequence, typeof indexed === 'number' ? indexed : 0);
  return known === 0 ? UNBOUNDED : known + AFTER_MARK_MAX;
}

/** Puts a command into the chain's end that only keeps its id from being used again. */
export function appendLost(
  target: Database,
  head: ChainHead,
  { commandId, at }: { readonly commandId: string; readonly at: number },
): ChainHead {
  const body = '{}';
  const decided = JSON.stringify({ at, ids: [] });
  const row: StoredCommand = {
    sequence: head.sequence + 1,
    commandId,
    deviceId: '',
    userId: null,
    method: LOST_METHOD,
    at,
    outcome: 'done',
    digest: bodyDigest(LOST_METHOD, body),
    body,
    decided,
    decidedDigest: sha256Hex(decided),
    answer: body,
    answerDigest: sha256Hex(body),
    hash: '',
  };
  const hash = chainHash(head.hash, row);
  insertCommand(target)({ ...row, hash });
  return { sequence: row.sequence, hash };
}

class CommandWalk {
  readonly #source: CommandSource;
  readonly #insert: (row: StoredCommand) => boolean;
  readonly #expiredTo: number;
  readonly #idAt;
  /** The row before, as it was stored: its sequence, and what its hash may be. */
  #before: { sequence: number; hashes: readonly string[] } = { sequence: 0, hashes: [GENESIS_HASH] };
  #head: ChainHead = { sequence: 0, hash: GENESIS_HASH };
  #branch: ChainHead | undefined;
  #bodiesExpiredTo = 0;
  #lastAt = 0;
  /** Lost since the last good row: they wait for the time of the next. */
  #open: Omit<LostCommand, 'to'>[] = [];
  readonly #lost: LostCommand[] = [];
  #lostTotal = 0;

  constructor(source: CommandSource) {
    const { harvest, target } = source;
    this.#source = source;
    this.#insert = insertCommand(target);
    const expiredTo = harvest.prepare<[], unknown>('SELECT bodies_expired_to FROM ledger').pluck().get();
    // Where that is lost, a row without texts is believed as long as no row with texts came before.
    this.#expiredTo = typeof expiredTo === 'number' ? expiredTo : UNBOUNDED;
    this.#idAt = harvest
      .prepare<[number], unknown>(
        'SELECT command_id FROM index_sqlite_autoindex_commands_1 WHERE sequence = ?',
      )
      .pluck();
  }

  take(row: StoredCommand, next: StoredCommand | undefined): void {
    this.#missing(row.sequence);
    const { sequence, hashes } = this.#before;
    const follows = row.sequence === sequence + 1;
    const own = hashes.map((hash) => chainHash(hash, row));
    const fits = own.includes(row.hash);
    const isChained = !follows || fits || isFollowed(own, row, next);
    // Where the stored hash is not what it should be, either of them may be what the next row was chained to.
    const candidates = fits || !follows ? [row.hash] : [row.hash, ...own].slice(0, CANDIDATES_MAX);
    this.#before = { sequence: row.sequence, hashes: candidates };
    const isGood = isChained && this.#textsFit(row, follows) && this.#carry(row);
    if (!isGood) this.#lose(row.sequence, row.commandId);
  }

  end(): CarriedCommands {
    this.#missing(this.#source.markedSequence + 1);
    this.#close(UNBOUNDED);
    return {
      carried: this.#head.sequence,
      lost: this.#lost,
      lostTotal: this.#lostTotal,
      branch: this.#branch ?? this.#head,
      head: this.#head,
      bodiesExpiredTo: this.#bodiesExpiredTo,
    };
  }

  #textsFit(row: StoredCommand, follows: boolean): boolean {
    const isExpired = row.body === null && row.decided === null && row.answer === null;
    const mayBeExpired = this.#bodiesExpiredTo === this.#head.sequence && row.sequence <= this.#expiredTo;
    if (textsProblem(row, isExpired && mayBeExpired ? row.sequence : 0) !== undefined) return false;
    if (follows) return true;
    // After a gap nothing proves the time but what was decided, and nothing the id but its index.
    const indexed = this.#idAt.get(row.sequence);
    const isItsId = typeof indexed !== 'string' || indexed === row.commandId;
    return isItsId && (isExpired || decidedAt(row) === row.at);
  }

  /** Gives whether it could be: not where another row has its id. */
  #carry(row: StoredCommand): boolean {
    const sequence = this.#head.sequence + 1;
    const moved = { ...row, sequence };
    const hash = chainHash(this.#head.hash, moved);
    if (!this.#insert({ ...moved, hash })) return false;
    if (row.body === null) this.#bodiesExpiredTo = sequence;
    this.#head = { sequence, hash };
    this.#close(row.at);
    this.#lastAt = row.at;
    return true;
  }

  /** Everything before `sequence` that has not come. */
  #missing(sequence: number): void {
    for (let lost = this.#before.sequence + 1; lost < sequence; lost++) {
      if (this.#lostTotal + this.#open.length >= LOST_LISTED_MAX) {
        this.#branch ??= this.#head;
        this.#lostTotal += sequence - lost;
        return;
      }
      this.#lose(lost, null);
    }
  }

  #lose(sequence: number, idInRow: string | null): void {
    this.#branch ??= this.#head;
    const indexed = this.#idAt.get(sequence);
    // The index of ids is another place of the file: it is believed before a row that does not prove itself.
    const commandId = typeof indexed === 'string' ? indexed : idInRow;
    const isListed = this.#lostTotal + this.#open.length < LOST_LISTED_MAX;
    if (isListed) this.#open.push({ sequence, commandId, from: this.#lastAt });
    else this.#lostTotal += 1;
  }

  #close(to: number): void {
    for (const lost of this.#open) this.#lost.push({ ...lost, to });
    this.#lostTotal += this.#open.length;
    this.#open = [];
  }
}

/** Whether the next row was chained to what this one's hash should be: then only the hash of this one was changed. */
function isFollowed(hashes: readonly string[], row: StoredCommand, next: StoredCommand | undefined): boolean {
  if (next?.sequence !== row.sequence + 1) return false;
  return hashes.some((hash) => chainHash(hash, next) === next.hash);
}

function decidedAt({ decided }: StoredCommand): unknown {
  try {
    return (JSON.parse(decided ?? 'null') as { at?: unknown } | null)?.at;
  } catch {
    return undefined; // its digest fits, so it was never JSON: not ours
  }
}

/** Gives false where the id is there already. */
function insertCommand(target: Database): (row: StoredCommand) => boolean {
  const insert = target.prepare(
    'INSERT OR IGNORE INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return (row) => {
    const { sequence, commandId, deviceId, userId, method, at, outcome, digest } = row;
    const { body, decided, decidedDigest, answer, answerDigest, hash } = row;
    const { changes } = insert.run(
      ...[sequence, commandId, deviceId, userId, method, at, outcome, digest],
      ...[body, decided, decidedDigest, answer, answerDigest, hash],
    );
    return changes === 1;
  };
}
