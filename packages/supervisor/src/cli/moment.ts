// Pure rule: the moment that a person means by "14:35" or "2026-11-21 14:35", on the clock of the server PC.

/** A moment in UTC ms, or what is wrong with its text. */
export type Moment = { readonly utcMs: number } | { readonly problem: string };

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const WITH_OFFSET =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;
const FORMS = 'write it as 14:35, as "2026-11-21 14:35", or as 2026-11-21T14:35:00Z';

/**
 * Reads a moment that has been. A time alone is today's, or yesterday's when today's is still to come. Of an hour that
 * happened twice, when the clocks were put back, the later one is taken: it keeps more.
 */
export function parseMoment(text: string, now: number, timeZone: string): Moment {
  const given = text.trim();
  const clock = CLOCK.exec(given);
  if (clock !== null) return ofClock(clock, given, now, timeZone);
  const local = LOCAL.exec(given);
  if (local !== null) return ofLocal(wallOf(local), given, now, timeZone);
  const exact = WITH_OFFSET.exec(given);
  if (exact === null) return { problem: `"${given}" is no time: ${FORMS}` };
  const utcMs = wallOf(exact) === null ? Number.NaN : Date.parse(given);
  return Number.isNaN(utcMs) ? impossible(given) : past(utcMs, given, now);
}

/** "14:35" today, "2026-11-20 14:35" on any other day: what `parseMoment` reads. */
export function momentInWords(utcMs: number, now: number, timeZone: string): string {
  const moment = new Date(wallMs(utcMs, timeZone)).toISOString();
  const [day, time] = [moment.slice(0, 10), moment.slice(11, 16)];
  return day === new Date(wallMs(now, timeZone)).toISOString().slice(0, 10) ? time : `${day} ${time}`;
}

function ofClock(clock: RegExpExecArray, given: string, now: number, timeZone: string): Moment {
  const [, hour, minute, second] = clock;
  const today = new Date(wallMs(now, timeZone)).toISOString().slice(0, 10);
  const asLocal = LOCAL.exec(`${today} ${hour}:${minute}:${second ?? '00'}`);
  const wall = asLocal === null ? null : wallOf(asLocal);
  const ofToday = ofLocal(wall, given, Number.POSITIVE_INFINITY, timeZone);
  if (wall === null || 'problem' in ofToday || ofToday.utcMs <= now) return ofToday;
  return ofLocal(wall - DAY_MS, given, now, timeZone);
}

function ofLocal(wall: number | null, given: string, now: number, timeZone: string): Moment {
  if (wall === null) return impossible(given);
  const latest = instantsOf(wall, timeZone).at(-1);
  if (latest === undefined) return { problem: `${given} was skipped when the clocks were put forward` };
  return past(latest, given, now);
}

function past(utcMs: number, given: string, now: number): Moment {
  return utcMs <= now ? { utcMs } : { problem: `${given} is still to come` };
}

function impossible(given: string): Moment {
  return { problem: `"${given}" is on no calendar and no clock: ${FORMS}` };
}

/** A date and time as if it were UTC, in ms; null where there is none such, such as February 30 or 25:00. */
function wallOf([, year, month, day, hour, minute, second]: RegExpExecArray): number | null {
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  const [h, mi, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  const wall = new Date(Date.UTC(y, mo - 1, d, h, mi, s));
  const isSame = wall.getUTCMonth() === mo - 1 && wall.getUTCDate() === d && wall.getUTCHours() === h;
  return isSame && mi < 60 && s < 60 ? wall.getTime() : null;
}

/** What the clocks of the time zone show at a moment, as if it were UTC. */
function wallMs(utcMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  } as const).formatToParts(utcMs);
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The moments at which the clocks show this: one, none (put forward) or two (put back), in order. */
function instantsOf(wall: number, timeZone: string): number[] {
  // No zone changes its clocks twice within two days, so these two offsets are all that can apply.
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => wallMs(near, timeZone) - near);
  const candidates = [...new Set(offsets)].map((offset) => wall - offset);
  return candidates.filter((utcMs) => wallMs(utcMs, timeZone) === wall).sort((one, other) => one - other);
}
