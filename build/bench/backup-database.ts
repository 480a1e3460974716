// A large database for the backup bench, booked by the real rules, but without waiting for the disk at each commit.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, limits } from '@masala/protocol';
import { accessCommands } from '../../packages/core-worker/src/access/commands.ts';
import { inventoryCommands } from '../../packages/core-worker/src/inventory/commands.ts';
import type { CommandHandlers, CommandName } from '../../packages/core-worker/src/store/command.ts';
import { GroupCommit } from '../../packages/core-worker/src/store/group-commit.ts';
import { openStore } from '../../packages/core-worker/src/store/open.ts';
import { timeOrderedIds } from '../../packages/core-worker/src/store/time-ordered-ids.ts';

/** Some 10 MB are booked between two looks at the size. */
const DOCUMENTS_IN_A_GROUP = 16;

/** Makes masala.db of at least so many bytes; gives the ids of its items. */
export function makeLargeDatabase(
  dataDirectory: string,
  itemCount: number,
  bytes: number,
  say: (progress: string) => void,
): string[] {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const path = join(dataDirectory, 'masala.db');
  const newId = timeOrderedIds(Date.now);
  const { database } = openStore(path, Date.now(), newId);
  database.pragma('synchronous = OFF');
  const handlers: CommandHandlers = { ...inventoryCommands(database), ...accessCommands(database) };
  const groupCommit = new GroupCommit(database, handlers, Date.now, newId);
  const book = (method: CommandName, params: readonly object[]): { id: string }[] => {
    const commands = params.map((one) => ({
      ...{ commandId: newId(), deviceId: newId(), bound: true, method, refusal: null },
      body: canonicalJson(one),
    }));
    return groupCommit.run(commands).answers.map((answer) => {
      if (answer.outcome !== 'done') throw new Error(`not booked: ${JSON.stringify(answer)}`);
      return JSON.parse(answer.answer) as { id: string };
    });
  };
  const items = Array.from({ length: itemCount }, (_, item) => ({
    ...{ sku: `BENCH-${item}`, name: `Bench item ${item}`, unit: 'pcs' },
  }));
  const itemIds = book('items.create', items).map(({ id }) => id);
  let turn = 0;
  const receipt = () => ({
    post: true,
    lines: Array.from({ length: limits.documentLinesMax }, () => ({
      itemId: itemIds[turn % itemIds.length],
      quantity: 1 + (turn++ % 997),
    })),
  });
  for (let found = 0; found < bytes; found = statSync(path).size) {
    say(`backup: making a database, ${Math.round(found / 1e6)} of ${Math.round(bytes / 1e6)} MB`);
    book('receipts.create', Array.from({ length: DOCUMENTS_IN_A_GROUP }, receipt));
    database.pragma('wal_checkpoint(TRUNCATE)');
  }
  database.close();
  return itemIds;
}
