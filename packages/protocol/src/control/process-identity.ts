// Names one process for ever: a pid alone is given to the next process sooner or later.

import { readFileSync } from 'node:fs';
import { hasErrorCode } from './system-error.ts';

/**
 * When a process started, as the kernel tells it; null where it cannot be told (no such process, a zombie, or a
 * system other than Linux). On Linux: the boot's id and field 22 of /proc/PID/stat.
 */
export function processStartOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold blanks and brackets: count the fields after its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const startTicks = fields[19];
    if (state === 'Z' || state === 'X' || startTicks === undefined) return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${startTicks}`;
  } catch {
    return null; // the process has ended
  }
}

/**
 * Whether a process still runs. With its start (from `processStartOf`) the answer is exact; without, another process
 * may have got the pid.
 */
export function processLives(pid: number, processStart: string | null): boolean {
  if (processStart !== null) return processStartOf(pid) === processStart;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
}
