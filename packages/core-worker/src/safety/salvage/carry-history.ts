// The new epoch: what history it continues, and which lost commands it must not take a second time.

import type { ChainEnd } from '../../store/chain-end.ts';
import { beginEpoch } from '../../store/open.ts';
import type { Database } from '../../store/sqlite.ts';
import { appendLost, type CarriedCommands } from './carry-commands.ts';
import { namesOf, type Tally } from './salvage-report.ts';

export interface HistorySource {
  readonly harvest: Database;
  readonly target: Database;
  readonly tally: Tally;
  readonly at: number;
  readonly newEpoch: string;
  /** The mark of the newest command; null where there is none. */
  readonly chainEnd: ChainEnd | null;
}

type StoredEpoch = Readonly<Record<string, unknown>> & {
  readonly epoch: string;
  readonly parent: string | null;
};

/** Carries the epochs that can be read and begins the new one at the branch; gives its parent. */
export function beginSalvagedEpoch(
  { harvest, target, tally, at, newEpoch, chainEnd }: HistorySource,
  { branch, bodiesExpiredTo }: CarriedCommands,
): string | null {
  const stored = harvest
    .prepare<[], { epoch: unknown; boot_sequence: unknown }>('SELECT * FROM ledger')
    .get();
  const named = typeof stored?.epoch === 'string' ? stored.epoch : null;
  const parent = chainEnd?.epoch ?? named;
  tally.add('epochs', { carried: carryEpochs(harvest, target, parent, at), remade: 1 });
  beginEpoch(target, {
    ...{ epoch: newEpoch, origin: 'salvage', at },
    branch: parent === null ? null : { epoch: parent, ...branch },
  });
  const boots = Number.isSafeInteger(stored?.boot_sequence) ? Number(stored?.boot_sequence) : 0;
  target.prepare('UPDATE ledger SET boot_sequence = ?, bodies_expired_to = ?').run(boots, bodiesExpiredTo);
  return parent;
}

/** The line of epochs upwards from one; where it breaks off or turns in a circle, it ends. */
function carryEpochs(harvest: Database, target: Database, from: string | null, at: number): number {
  const find = harvest.prepare<[string], StoredEpoch>(
    `SELECT * FROM epochs WHERE epoch = ? AND typeof(branch_sequence) = 'integer' AND typeof(branch_hash) = 'text'`,
  );
  const line: StoredEpoch[] = [];
  for (let epoch = from; epoch !== null; ) {
    const row = find.get(epoch);
    if (row === undefined || line.some((seen) => seen.epoch === epoch)) break;
    line.push(row);
    epoch = typeof row.parent === 'string' ? row.parent : null;
  }
  const insert = target.prepare('INSERT OR IGNORE INTO epochs VALUES (?, ?, ?, ?, ?, ?)');
  const oldestFirst = line.reverse();
  for (const [index, row] of oldestFirst.entries()) {
    const origin = ORIGINS.find((known) => known === row.origin) ?? 'first';
    const beganAt = Number.isSafeInteger(row.began_at) ? row.began_at : at;
    insert.run(
      row.epoch,
      oldestFirst[index - 1]?.epoch ?? null,
      row.branch_sequence,
      row.branch_hash,
      beganAt,
      origin,
    );
  }
  return line.length;
}

const ORIGINS = ['first', 'restore', 'salvage', 'fresh'] as const;

/**
 * A command whose row is lost while a document of its time is there that no other command accounts for: were it given again, it would
 * be booked twice. Its id goes into the chain as used. A lost command whose document is lost too may come again.
 */
export function keepLostIds(
  { target, tally, at }: HistorySource,
  { head, lost, lostTotal }: CarriedCommands,
): { readonly sequence: number; readonly hash: string } {
  tally.add('commands', { carried: head.sequence, lost: lostTotal });
  if (lost.length === 0) return head;
  const orphans = orphansOf(target, at);
  const isUsed = target.prepare<[string], number>('SELECT 1 FROM commands WHERE command_id = ?').pluck();
  const doubtful = new Set<string>();
  let end = head;
  for (const { commandId, from, to } of lost) {
    // The clock may have been set back between the two.
    const [earliest, latest] = [Math.min(from, to), Math.max(from, to)];
    const of = orphans.slice(firstFrom(orphans, earliest), firstFrom(orphans, latest + 1));
    if (of.length === 0) continue;
    if (commandId === null) for (const { name } of of) doubtful.add(name);
    else if (isUsed.get(commandId) === undefined) end = appendLost(target, end, { commandId, at: from });
  }
  tally.add('commands', { remade: end.sequence - head.sequence });
  if (doubtful.size > 0) {
    tally.warn(
      `Of ${doubtful.size} documents it is not known which command booked them: before a PC sends commands again, look whether it would book one of these twice: ${namesOf([...doubtful])}.`,
    );
  }
  return end;
}

interface Orphan {
  readonly name: string;
  /** UTC ms at which it was made. */
  readonly at: number;
}

/** Documents that no carried command accounts for, oldest first; without those of the salvage, and of commands that have expired. */
function orphansOf(target: Database, salvagedAt: number): Orphan[] {
  return target
    .prepare<[number], Orphan>(
      `WITH accounted AS (
         SELECT DISTINCT made.value AS id FROM commands, json_each(commands.decided, '$.ids') AS made
         WHERE commands.decided IS NOT NULL)
       SELECT coalesce(number, id) AS name, created_at AS at FROM documents
       WHERE id NOT IN (SELECT id FROM accounted) AND created_at <> ?
         AND created_at > (SELECT coalesce(max(at), -1) FROM commands WHERE decided IS NULL)
       ORDER BY created_at`,
    )
    .all(salvagedAt);
}

/** The index of the first that is not before a time. */
function firstFrom(orphans: readonly Orphan[], at: number): number {
  let [low, high] = [0, orphans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((orphans[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
