// The log viewer's list: newest first, grown by older pages below and, while it follows, by newer lines above.

import type { LogLine, LogPage, LogQuery } from '../../../bridge/logs.ts';

/** What the page holds at most: two days of a busy server's lines, and a few megabytes. Then follow mode lets go of the oldest. */
export const LINES_MAX = 20_000;

export interface LogList {
  readonly lines: readonly LogLine[];
  /** Null where nothing older is there. */
  readonly next: string | null;
}

export const nothingRead: LogList = { lines: [], next: null };

/** With an older page below. */
export function withOlder(list: LogList, page: LogPage): LogList {
  return { lines: [...list.lines, ...page.lines], next: page.next };
}

/**
 * With the newest lines above, of which some are known already. A page that is new from end to end may leave a gap to
 * what was known, so the list begins anew with it.
 */
export function withNewer(list: LogList, page: LogPage): LogList {
  const known = new Set(list.lines.slice(0, page.lines.length).map(lineKey));
  const fresh = page.lines.filter((line) => !known.has(lineKey(line)));
  if (fresh.length === 0) return list;
  if (fresh.length === page.lines.length && page.next !== null) return page;
  const lines = [...fresh, ...list.lines];
  // A cut list has no place from which older lines could be read on; the reader scrolls back by leaving follow mode.
  return lines.length > LINES_MAX ? { lines: lines.slice(0, LINES_MAX), next: null } : { ...list, lines };
}

/** The filters as they are written in their fields. */
export type LogFilterTexts = Readonly<
  Record<'file' | 'level' | 'event' | 'text' | 'since' | 'until', string>
>;

export const noFilters: LogFilterTexts = { file: '', level: '', event: '', text: '', since: '', until: '' };

/** The query of the filters' texts; what is empty is left out. */
export function queryOf(filters: LogFilterTexts): LogQuery {
  const { file, level, event, text, since, until } = filters;
  return {
    ...(file === 'core' || file === 'supervisor' ? { file } : {}),
    ...(isLevel(level) ? { level } : {}),
    ...(event.trim() === '' ? {} : { event: event.trim() }),
    ...(text === '' ? {} : { text }),
    ...timeOf('since', since),
    ...timeOf('until', until),
  };
}

/** As it stands in the file, for a message to the support. */
export function lineText(line: LogLine): string {
  const { time, level, event, message, fields, file } = line;
  return JSON.stringify({ ...fields, time: new Date(time).toISOString(), level, file, event, msg: message });
}

function isLevel(level: string): level is NonNullable<LogQuery['level']> {
  return ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].includes(level);
}

/** The value of an input of type datetime-local is a time of this PC's clock. */
function timeOf(name: 'since' | 'until', written: string): LogQuery {
  const time = new Date(written).getTime();
  if (Number.isNaN(time)) return {};
  // To the end of the minute or second that was chosen.
  return {
    [name]: name === 'since' ? time : time + (written.length <= 'YYYY-MM-DDTHH:MM'.length ? 59_999 : 999),
  };
}

/** Lines have no number of their own; two that are alike in all of this tell the same. */
export function lineKey(line: LogLine): string {
  return `${line.time} ${line.file} ${line.event} ${line.message} ${JSON.stringify(line.fields)}`;
}
