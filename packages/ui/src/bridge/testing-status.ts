// For tests: the status of a server that runs well, with what a test is about put in its place.

import type { Death, ServerStatus } from './doors.ts';

/** A fixed moment, so that ages in tests are certain. */
export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

export function statusWith(
  changes: Partial<Omit<ServerStatus, 'core'>> & { readonly core?: Partial<ServerStatus['core']> } = {},
): ServerStatus {
  const { core, ...rest } = changes;
  return {
    state: 'running',
    flags: [],
    name: 'Spice mill',
    serverId: 'a'.repeat(64),
    epoch: '019b76da-a800-7000-8000-000000000001',
    dataDir: '/var/lib/masala',
    port: 8090,
    clients: 4,
    stopping: null,
    supervisor: { pid: 100, startedAt: NOW - 3_600_000 },
    notices: [],
    recovery: null,
    lastRecovery: null,
    work: [],
    ...rest,
    core: {
      pid: 101,
      state: 'running',
      startedAt: NOW - 3_600_000,
      safeMode: false,
      suspectSince: null,
      restarts: 0,
      lastDeath: null,
      mendsDeath: false,
      ...core,
    },
  };
}

export function deathBy(cause: Death['cause'], at: number): Death {
  return { at, cause, exitCode: null, signal: null, reason: null, stderrTail: null };
}
