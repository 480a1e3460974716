// Pure rule: whether a host of the dashboard that announced itself and answers nobody may be ended. Its pid may be anybody's by now.

import type { RunFile } from '@masala/protocol/control';

/** What the system tells of the process that has the host's pid now. */
export interface FoundProcess {
  /** As in the announcement; null where the system has no such word. */
  readonly processStart: string | null;
  /** When it began (UTC ms) and the file name of its program; null where the system does not tell. */
  readonly startedAt: number | null;
  readonly program: string | null;
}

/** gone: it has ended, and who has its pid is another; leave: nobody can say who that is. */
export type HungHostDecision = 'end' | 'gone' | 'leave';

/** What a host runs in, where Windows tells it. */
const HOST_PROGRAMS = ['node.exe', 'electron.exe'];

/** `found`: null where no process has the pid. */
export function onHungHost(
  announced: Pick<RunFile<'dashboard.json'>, 'processStart' | 'startedAt'>,
  found: FoundProcess | null,
): HungHostDecision {
  if (found === null) return 'gone';
  if (announced.processStart !== null) return found.processStart === announced.processStart ? 'end' : 'gone';
  if (found.startedAt === null || found.program === null) return 'leave';
  // The host had the pid when it announced itself: whoever has got it since has begun later.
  if (found.startedAt > announced.startedAt) return 'gone';
  // A clock that was set back would make one of those look older; few of them are programs of ours.
  return HOST_PROGRAMS.includes(found.program.toLowerCase()) ? 'end' : 'leave';
}
