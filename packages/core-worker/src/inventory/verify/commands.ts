// Checks the chain of commands: none is missing, and none was changed.

import { limits, sha256Hex } from '@masala/protocol';
import { bodyDigest, type ChainedRow, chainHash, GENESIS_HASH } from '../../store/chain.ts';
import type { Database } from '../../store/sqlite.ts';
import type { Walk } from '../verify.ts';
import type { Differences } from './differences.ts';

/** A row of `commands`; the texts are null once they are a year old. */
export interface StoredCommand extends ChainedRow {
  readonly body: string | null;
  readonly decided: string | null;
  readonly answer: string | null;
  readonly hash: string;
}

/** Text that is hashed as fast as a row without any: it counts as one more row of a chunk. */
const TEXT_OF_A_ROW = 1_000;

export function commandWalk(database: Database, differences: Differences): Walk {
  const after = database.prepare<[number], StoredCommand>(
    `SELECT sequence, command_id AS commandId, device_id AS deviceId, user_id AS userId, method, at, outcome, digest,
       decided_digest AS decidedDigest, answer_digest AS answerDigest, body, decided, answer, hash
     FROM commands WHERE sequence > ? ORDER BY sequence`,
  );
  const expiredTo = database.prepare<[], number>('SELECT bodies_expired_to FROM ledger').pluck();
  let previous: { sequence: number; hash: string } = { sequence: 0, hash: GENESIS_HASH };

  return () => {
    const expired = expiredTo.get() ?? 0;
    let count = 0;
    let work = 0;
    // Row by row: two thousand bodies at once could be as many hundred megabytes.
    for (const row of after.iterate(previous.sequence)) {
      const reason = commandProblem(previous, row, expired);
      if (reason !== undefined) differences.add('command', row.sequence, reason);
      // What follows a damaged row is judged by what is stored in it, so that one damage is told once.
      previous = row;
      count += 1;
      work += 1 + ((row.body?.length ?? 0) + (row.answer?.length ?? 0)) / TEXT_OF_A_ROW;
      if (work >= limits.verifyChunkRows) return { count, more: true };
    }
    return { count, more: false };
  };
}

/** What is wrong with a command after the one before it, or undefined. Pure. */
export function commandProblem(
  previous: { readonly sequence: number; readonly hash: string },
  row: StoredCommand,
  expiredTo: number,
): string | undefined {
  const missing = row.sequence - previous.sequence - 1;
  if (missing > 0) return `${missing} before it ${missing === 1 ? 'is' : 'are'} missing`;
  if (chainHash(previous.hash, row) !== row.hash) return 'its hash does not follow from the one before';
  return textsProblem(row, expiredTo);
}

/** What is wrong with the texts of a command against its own digests, or undefined. Pure. */
export function textsProblem(row: StoredCommand, expiredTo: number): string | undefined {
  const { body, decided, answer } = row;
  if (body === null && decided === null && answer === null) {
    return row.sequence > expiredTo ? 'its body, decisions and answer are gone before their time' : undefined;
  }
  if (body === null || decided === null || answer === null || row.sequence <= expiredTo) {
    return 'its body, decisions and answer are not gone together';
  }
  if (bodyDigest(row.method, body) !== row.digest) return 'its body does not fit its digest';
  if (sha256Hex(decided) !== row.decidedDigest) return 'its decisions do not fit their digest';
  return sha256Hex(answer) === row.answerDigest ? undefined : 'its answer does not fit its digest';
}
