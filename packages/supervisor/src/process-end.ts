// The ends of the supervisor's process: signals, a closed console, an unexpected error.

import { exitCodes } from '@masala/protocol/tables';
import type { Supervisor, SupervisorEnd } from './supervisor.ts';

/** SIGHUP is the closed terminal, and on Windows the closed console window; SIGBREAK is Windows's ^Break. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/**
 * One ^C may arrive twice, from the terminal and from npm, which hands it on: what follows within this time is the
 * same press of the key.
 */
const SAME_PRESS_MS = 300;

/**
 * Waits for the supervisor's end. The first signal begins the ordered stop; each later one is handed to `onRepeated`,
 * which counts from 2.
 */
export async function superviseUntilEnd(
  supervisor: Supervisor,
  onRepeated: (count: number, signal: NodeJS.Signals) => void = () => undefined,
): Promise<SupervisorEnd> {
  let count = 0;
  let signalledAt = Number.NEGATIVE_INFINITY;
  const onSignal = (signal: NodeJS.Signals) => {
    const isSamePress = performance.now() - signalledAt < SAME_PRESS_MS;
    if (isSamePress) return;
    signalledAt = performance.now();
    count += 1;
    if (count === 1) supervisor.stop();
    else onRepeated(count, signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  // A terminal that went away turns every write into an error: nobody reads, nothing is lost.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const onFault = (error: unknown) => {
    void supervisor.fault(error).finally(() => process.exit(exitCodes.FAULT.code));
  };
  process.on('uncaughtException', onFault);
  try {
    return await supervisor.ended;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onFault);
  }
}
