// The one word for how the server stands, from what the supervisor says: state line, banners and the shell's pill all go by it.

import type { ServerStatus } from '../../bridge/doors.ts';

export type ServerCondition =
  /** The supervisor, or the host of this page, does not answer. */
  | 'lost'
  | 'starting'
  /** It died, and is being started again. */
  | 'restarting'
  | 'recovery'
  | 'suspect'
  | 'draining'
  | 'stopped'
  | 'safe-mode'
  | 'locked'
  | 'read-only'
  | 'degraded'
  | 'running';

/** What is worst wins. */
export function conditionOf(status: ServerStatus | null): ServerCondition {
  if (status === null) return 'lost';
  const { state, core, flags } = status;
  if (status.stopping !== null || state === 'draining') return 'draining';
  if (state === 'stopped') return 'stopped';
  if (core.suspectSince !== null) return 'suspect';
  if (state === 'recovery') return 'recovery';
  if (core.pid === null || state === 'starting') return core.lastDeath === null ? 'starting' : 'restarting';
  if (core.safeMode) return 'safe-mode';
  if (flags.includes('locked')) return 'locked';
  if (flags.includes('read-only')) return 'read-only';
  return flags.includes('degraded') ? 'degraded' : 'running';
}

/** Whether clients can save. */
export function isServing(condition: ServerCondition): boolean {
  return condition === 'running' || condition === 'degraded';
}

const tones = {
  lost: 'bad',
  starting: 'warn',
  restarting: 'warn',
  recovery: 'bad',
  suspect: 'warn',
  draining: 'warn',
  stopped: 'bad',
  'safe-mode': 'bad',
  locked: 'bad',
  'read-only': 'warn',
  degraded: 'warn',
  running: 'good',
} as const satisfies Record<ServerCondition, 'good' | 'warn' | 'bad'>;

export function toneOf(condition: ServerCondition): 'good' | 'warn' | 'bad' {
  return tones[condition];
}
