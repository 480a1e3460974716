// The log viewer's list: newest first, grown by older pages below and, while it follows, by newer lines above.

import type { LogLine, LogPage, LogQuery } from '../../../bridge/logs.ts';

/** What the page holds at most: an hour of a busy server's lines, and some ten megabytes. */
export const LINES_MAX = 10_000;

export interface LogList {
  readonly lines: readonly LogLine[];
  /** Null where nothing older is there. */
  readonly next: string | null;
  /** Newer lines were let go when too many were read below: the list can be read on, but not follow. */
  readonly isCutAbove: boolean;
  /** From where to read on below a line, by its id: a list that is cut is cut at one of these. */
  readonly cursors: ReadonlyMap<string, string>;
}

export const nothingRead: LogList = { lines: [], next: null, isCutAbove: false, cursors: new Map() };

/** The newest lines, or those from a gap on. */
export function listOf(page: LogPage): LogList {
  return { ...nothingRead, lines: page.lines, next: page.next, cursors: cursorsOf(page) };
}

/** With an older page below. */
export function withOlder(list: LogList, page: LogPage): LogList {
  const lines = [...list.lines, ...page.lines];
  const cursors = new Map([...list.cursors, ...cursorsOf(page)]);
  return keepingKnown({
    lines: lines.slice(-LINES_MAX),
    next: page.next,
    isCutAbove: list.isCutAbove || lines.length > LINES_MAX,
    cursors,
  });
}

/**
 * With the newest lines above, of which some are known already. Where none is, there may be a gap between them and the
 * list, or it may be one page only that lies between: the caller reads on and tries again; undefined until then.
 */
export function withNewer(list: LogList, page: LogPage): LogList | undefined {
  const known = new Set(list.lines.slice(0, page.lines.length).map(({ id }) => id));
  const fresh = page.lines.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return list;
  if (page.next === null && list.lines.length === 0) return listOf(page);
  if (fresh.length === page.lines.length) return undefined;
  const lines = [...fresh, ...list.lines];
  const cursors = new Map([...list.cursors, ...cursorsOf(page)]);
  return cutBelow({ ...list, lines, cursors });
}

/** Without the oldest lines where there are too many: as many as can be read on from. */
function cutBelow(list: LogList): LogList {
  if (list.lines.length <= LINES_MAX) return list;
  const last = list.lines.findLastIndex(({ id }, index) => index < LINES_MAX && list.cursors.has(id));
  const next = list.cursors.get(list.lines[last]?.id ?? '');
  if (next === undefined) return list;
  return keepingKnown({ ...list, lines: list.lines.slice(0, last + 1), next });
}

/** Without the cursors of lines that were let go. */
function keepingKnown(list: LogList): LogList {
  const ids = new Set(list.lines.map(({ id }) => id));
  return { ...list, cursors: new Map([...list.cursors].filter(([id]) => ids.has(id))) };
}

function cursorsOf({ lines, next }: LogPage): ReadonlyMap<string, string> {
  const last = lines.at(-1);
  return last === undefined || next === null ? new Map() : new Map([[last.id, next]]);
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
