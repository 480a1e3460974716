// Which boot of the PC this is: a database that was in use when the PC went down is checked before it serves again.

import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

const LINUX_BOOT_ID = '/proc/sys/kernel/random/boot_id';
const PREFIX = 'booted-at:';
/** Worked out from clock and uptime, the time of the boot wanders with each correction of the clock; no PC boots twice in so short a time. */
const SAME_BOOT_MS = 20_000;

/** The id of this boot: Linux has one; elsewhere it is the time of the boot (UTC ms). */
export function bootId(now: number = Date.now()): string {
  try {
    return readFileSync(LINUX_BOOT_ID, 'utf8').trim();
  } catch {
    return bootIdOf(now, uptime() * 1_000); // not Linux
  }
}

/** The id of a boot that is told by the clock (UTC ms) and how long it lasts. Pure. */
export function bootIdOf(now: number, uptimeMs: number): string {
  return `${PREFIX}${Math.round(now - uptimeMs)}`;
}

/** Whether two ids name the same boot. A clock that was set makes another boot of it, which costs a check. Pure. */
export function isSameBoot(one: string, other: string): boolean {
  if (one === other) return true;
  if (!one.startsWith(PREFIX) || !other.startsWith(PREFIX)) return false;
  return Math.abs(Number(one.slice(PREFIX.length)) - Number(other.slice(PREFIX.length))) <= SAME_BOOT_MS;
}
