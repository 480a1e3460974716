// What the web host has to say: JSON lines on stderr, which whoever started it keeps in logs/dashboard-stderr.log.

import { writeSync } from 'node:fs';
import { type LogEventName, logEvents } from '@masala/protocol/tables';

export type HostLog = (event: LogEventName, fields?: Readonly<Record<string, unknown>>) => void;

const STDERR = 2;
/** Lines that found no room on the disk; the next one that does tells their number. */
let lostLines = 0;

/**
 * Writes one line in the form of the other logs. Never throws, and not by way of process.stderr, whose first failed write ends
 * the process: a full disk is when the dashboard is needed most.
 */
export const hostLog: HostLog = (event, fields = {}) => {
  const { level, message } = logEvents[event];
  const told = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.stack : value]),
  );
  const lost = lostLines === 0 ? {} : { lostLines };
  const line = { level, time: Date.now(), pid: process.pid, event, ...told, ...lost, msg: message };
  try {
    writeSync(STDERR, `${JSON.stringify(line)}\n`);
    lostLines = 0;
  } catch {
    lostLines += 1;
  }
};
