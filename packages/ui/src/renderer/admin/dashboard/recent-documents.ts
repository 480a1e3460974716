// The newest documents of all kinds in one list: the rule alone.

import type { DoorResult } from '../../../bridge/doors.ts';

export type DocumentHead = DoorResult<'client:receipts.list'>['documents'][number];

/** As many as fit beside the clients without scrolling. */
export const RECENT_MAX = 6;

/** By when they were booked; drafts by when they were begun. */
export function recentOf(lists: readonly (readonly DocumentHead[])[]): readonly DocumentHead[] {
  return lists
    .flat()
    .toSorted((left, right) => momentOf(right) - momentOf(left))
    .slice(0, RECENT_MAX);
}

export function momentOf(document: DocumentHead): number {
  return document.postedAt ?? document.createdAt;
}
