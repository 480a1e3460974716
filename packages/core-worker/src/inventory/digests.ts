// The digests of documents and movements: what was booked can be proved unchanged. Pure.

import { canonicalJson, sha256Hex } from '@masala/protocol/canonical';
import type { Head, Line } from './records.ts';

/** SHA-256, in hexadecimal, of the canonical JSON of a document: its head and its lines in their order. */
export function documentDigest(head: Head, lines: readonly Line[]): string {
  return sha256Hex(canonicalJson({ ...head, lines }));
}

export interface BookedMovement {
  readonly sequence: number;
  readonly documentId: string;
  readonly line: number;
  readonly itemId: string;
  readonly lotId: string;
  readonly quantity: number;
  /** UTC milliseconds. */
  readonly at: number;
}

/** SHA-256, in hexadecimal, of the canonical JSON of a movement. */
export function movementDigest(movement: BookedMovement): string {
  return sha256Hex(canonicalJson(movement));
}
