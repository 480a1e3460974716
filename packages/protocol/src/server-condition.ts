// The one word for how the server stands: state line, banners, the page's pill and the tray's icon all go by it.

import type { ServerStatus } from './control/contract.ts';

export type ServerCondition =
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
export function conditionOf(
  status: Pick<ServerStatus, 'state' | 'core' | 'flags' | 'stopping'>,
): ServerCondition {
  const { state, core, flags } = status;
  if (status.stopping !== null || state === 'draining') return 'draining';
  if (state === 'stopped') return 'stopped';
  if (core.suspectSince !== null) return 'suspect';
  if (state === 'recovery') return 'recovery';
  // Not by `lastDeath`: an old one says nothing about a start that somebody asked for.
  if (core.pid === null || state === 'starting') return core.mendsDeath ? 'restarting' : 'starting';
  if (core.safeMode) return 'safe-mode';
  if (flags.includes('locked')) return 'locked';
  if (flags.includes('read-only')) return 'read-only';
  return flags.includes('degraded') ? 'degraded' : 'running';
}

export type ConditionTone = 'good' | 'warn' | 'bad';

const tones = {
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
} as const satisfies Record<ServerCondition, ConditionTone>;

/** good: all is well · warn: people can work, or will in a moment · bad: nobody can save until somebody acts. */
export function toneOf(condition: ServerCondition): ConditionTone {
  return tones[condition];
}
