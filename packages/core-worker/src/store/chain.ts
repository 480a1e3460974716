// The chain of commands: each row's hash covers the row before, so that nothing can be changed or taken out unnoticed.

import { sha256Hex } from '@masala/protocol/canonical';

/** What the first command of a history is chained to. */
export const GENESIS_HASH = '0'.repeat(64);

/** What the hash of a command covers: the texts by their digests, since they are dropped after a year. */
export interface ChainedRow {
  readonly sequence: number;
  readonly commandId: string;
  readonly deviceId: string;
  readonly userId: string | null;
  readonly method: string;
  readonly at: number;
  readonly outcome: 'done' | 'refused';
  /** SHA-256 of method and body: see `commandDigest`. */
  readonly digest: string;
  readonly decidedDigest: string;
  readonly answerDigest: string;
}

/** SHA-256, in hexadecimal, over the hash before, a line feed, and the row's fields as a JSON array in their order. */
export function chainHash(previousHash: string, row: ChainedRow): string {
  const fields = [
    row.sequence,
    row.commandId,
    row.deviceId,
    row.userId,
    row.method,
    row.at,
    row.outcome,
    row.digest,
    row.decidedDigest,
    row.answerDigest,
  ];
  return sha256Hex(`${previousHash}\n${JSON.stringify(fields)}`);
}

/** The digest of a command's stored body: the same value as `commandDigest` of the params that it was made from. */
export function bodyDigest(method: string, body: string): string {
  return sha256Hex(`${method}\n${body}`);
}
