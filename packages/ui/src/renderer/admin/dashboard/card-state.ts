// What a card of the dashboard stands in: its core is away, it waits for a first answer, it failed, or it has something to show.

import type { BridgeError } from '../../../bridge/bridge.ts';
import type { DoorState } from '../../shared/door-poll.ts';
import type { ServerCondition } from '../../shared/server-condition.ts';

/** `not-running`: there is no core that anybody could be connected to. `silent`: nobody can say how it is. */
export type Absence = 'not-running' | 'silent';

const absences: Partial<Record<ServerCondition, Absence>> = {
  starting: 'not-running',
  restarting: 'not-running',
  stopped: 'not-running',
  lost: 'silent',
  suspect: 'silent',
};

/** Why nothing can be known of the core at present; null while it answers. */
export function absenceOf(condition: ServerCondition): Absence | null {
  return absences[condition] ?? null;
}

export type CardState<Data> =
  | { readonly kind: 'away'; readonly absence: Absence }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: BridgeError }
  | {
      readonly kind: 'ready';
      readonly data: Data;
      /** Why it is not the newest, and of when it is; null where it is the newest. */
      readonly behind: { readonly reason: Absence | BridgeError; readonly answeredAt: number } | null;
    };

/**
 * @param absence why the one who answers is away; null while it is there
 * @param staysTrue what was told once is so for good, as a booked document is; who is connected is not
 */
export function cardStateOf<Data>(
  door: DoorState<Data>,
  absence: Absence | null,
  staysTrue: boolean,
): CardState<Data> {
  const { data, error, answeredAt } = door;
  // Before any error: that it cannot be reached is the reason, and comes back by itself.
  if (absence !== null && (data === undefined || !staysTrue)) return { kind: 'away', absence };
  if (data === undefined) return error === undefined ? { kind: 'loading' } : { kind: 'failed', error };
  const reason = absence ?? error;
  const behind = reason === undefined || answeredAt === undefined ? null : { reason, answeredAt };
  return { kind: 'ready', data, behind };
}
