// Every log event by name, with what it means and what to do: docs/support.md is generated from this table.
// Its rows stand by area in log-events/.

import { anyProcessEvents } from './log-events/any-process.ts';
import { coreEvents } from './log-events/core.ts';
import { desktopEvents } from './log-events/desktop.ts';
import { deviceEvents } from './log-events/devices.ts';
import { journalEvents } from './log-events/journal.ts';
import { ledgerEvents } from './log-events/ledger.ts';
import type { LogEvent } from './log-events/log-event.ts';
import { rpcEvents } from './log-events/rpc.ts';
import { safetyEvents } from './log-events/safety.ts';
import { storeEvents } from './log-events/store.ts';
import { supervisionEvents } from './log-events/supervision.ts';
import { supervisorEvents } from './log-events/supervisor.ts';

export type { LogEvent, LogLevel } from './log-events/log-event.ts';

/** In the order of docs/support.md. A row stands in one area only: of two with the same name the later would hide the other. */
export const logEvents = {
  ...coreEvents,
  ...storeEvents,
  ...safetyEvents,
  ...journalEvents,
  ...rpcEvents,
  ...deviceEvents,
  ...ledgerEvents,
  ...supervisorEvents,
  ...desktopEvents,
  ...supervisionEvents,
  ...anyProcessEvents,
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof logEvents;
