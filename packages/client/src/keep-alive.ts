// When to ping and when to give a silent server up; pure, driven by the channel's timer.

export interface Traffic {
  readonly nowMs: number;
  readonly lastSentMs: number;
  readonly lastReceivedMs: number;
  /** Since when an answer is awaited without a break; null while nothing is. */
  readonly awaitingSinceMs: number | null;
  readonly pinging: boolean;
  /** When this was last asked. */
  readonly lastLookMs: number;
  readonly intervalMs: number;
}

/** Looks at each quarter of the interval are late by at most as much: the server allows three intervals. */
export const LOOKS_PER_INTERVAL = 4;

/**
 * - `ping` when nothing was sent for an interval (the server ends connections on which nothing arrives), or nothing
 *   received (a long call is under way: is the server still there?);
 * - `drop` when an answer has been awaited in silence for two intervals; but not when we ourselves were away for so long
 *   that the answer may lie unread (the PC slept, or the program was busy): then the next look decides.
 */
export function keepAlive(traffic: Traffic): 'nothing' | 'ping' | 'drop' {
  const { nowMs, intervalMs, awaitingSinceMs } = traffic;
  if (awaitingSinceMs !== null) {
    const silentMs = nowMs - Math.max(traffic.lastReceivedMs, awaitingSinceMs);
    const wasAway = nowMs - traffic.lastLookMs > (2 * intervalMs) / LOOKS_PER_INTERVAL;
    if (silentMs >= 2 * intervalMs && !wasAway) return 'drop';
  }
  const quietMs = nowMs - Math.min(traffic.lastSentMs, traffic.lastReceivedMs);
  return quietMs >= intervalMs && !traffic.pinging ? 'ping' : 'nothing';
}
