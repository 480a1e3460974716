// The page's word for how the server stands: the one that all programs go by, and one for when nobody says it.

import * as protocol from '@masala/protocol/tables';
import type { ServerStatus } from '../../bridge/doors.ts';

export type ServerCondition =
  | protocol.ServerCondition
  /** The supervisor, or the host of this page, does not answer. */
  | 'lost';

export function conditionOf(status: ServerStatus | null): ServerCondition {
  return status === null ? 'lost' : protocol.conditionOf(status);
}

/** Whether clients can save. */
export function isServing(condition: ServerCondition): boolean {
  return condition === 'running' || condition === 'degraded';
}

export function toneOf(condition: ServerCondition): protocol.ConditionTone {
  return condition === 'lost' ? 'bad' : protocol.toneOf(condition);
}
