// Checks the ledger itself: every movement against its digest, and that none is missing.

import { limits } from '@masala/protocol';
import type { Database } from '../../store/sqlite.ts';
import { type BookedMovement, movementDigest } from '../digests.ts';
import type { Walk } from '../verify.ts';
import type { Differences } from './differences.ts';

export function movementWalk(database: Database, differences: Differences): Walk {
  const after = database.prepare<[number, number], BookedMovement & { digest: string }>(
    `SELECT sequence, document_id AS documentId, line, item_id AS itemId, lot_id AS lotId, quantity, at, digest
     FROM movements WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  );
  let previous = 0;

  return () => {
    const chunk = after.all(previous, limits.verifyChunkRows);
    for (const { digest, ...movement } of chunk) {
      const { sequence } = movement;
      const missing = sequence - previous - 1;
      if (missing > 0) {
        differences.add('movement', sequence, `${missing} before it ${missing === 1 ? 'is' : 'are'} missing`);
      }
      if (movementDigest(movement) !== digest)
        differences.add('movement', sequence, 'does not fit its digest');
      previous = sequence;
    }
    return { count: chunk.length, more: chunk.length === limits.verifyChunkRows };
  };
}
