// Asks the system which process has a pid now.

import { processLives, processStartOf } from '@masala/protocol/control';
import type { FoundProcess } from './hung-host.ts';

/** Null where no process has it. */
export async function findProcess(pid: number): Promise<FoundProcess | null> {
  if (!processLives(pid, null)) return null;
  const unknown = { processStart: processStartOf(pid), startedAt: null, program: null };
  if (process.platform !== 'win32') return unknown;
  const { windowsProcess } = await import('./windows-desktop.ts');
  return { ...unknown, ...windowsProcess(pid) };
}
