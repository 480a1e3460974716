// What the web host has to say: JSON lines on stderr, which whoever started it keeps in logs/dashboard-stderr.log.

import { type LogEventName, logEvents } from '@masala/protocol/tables';

export type HostLog = (event: LogEventName, fields?: Readonly<Record<string, unknown>>) => void;

/** Writes one line in the form of the other logs. */
export const hostLog: HostLog = (event, fields = {}) => {
  const { level, message } = logEvents[event];
  const told = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.stack : value]),
  );
  const line = { level, time: Date.now(), pid: process.pid, event, ...told, msg: message };
  process.stderr.write(`${JSON.stringify(line)}\n`);
};
