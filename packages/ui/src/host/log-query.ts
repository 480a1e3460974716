// Reads the log viewer's question with distrust: it comes from a page.

import { MasalaError } from '@masala/protocol/tables';
import { type LogQuery, logFiles, logLevels } from '../bridge/logs.ts';

/** Longer than any event's name, and than any text that a person looks for. */
const TEXT_MAX_LENGTH = 200;
/** Two positions of two numbers each, written down. */
const CURSOR_MAX_LENGTH = 500;

const isOneOf = (names: readonly string[]) => (value: unknown) => names.some((name) => name === value);
const isText = (maxLength: number) => (value: unknown) =>
  typeof value === 'string' && value.length <= maxLength;

const fields: Readonly<Record<keyof LogQuery, (value: unknown) => boolean>> = {
  file: isOneOf(logFiles),
  level: isOneOf(logLevels),
  event: isText(TEXT_MAX_LENGTH),
  text: isText(TEXT_MAX_LENGTH),
  since: Number.isSafeInteger,
  until: Number.isSafeInteger,
  before: isText(CURSOR_MAX_LENGTH),
};

/** The question. Throws PARAMS_INVALID, naming each field that does not fit. */
export function readLogQuery(params: unknown): LogQuery {
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw new MasalaError('PARAMS_INVALID', { problems: ['params must be an object'] });
  const given = params as Readonly<Record<string, unknown>>;
  const problems = Object.entries(fields)
    .filter(([name, fits]) => given[name] !== undefined && !fits(given[name]))
    .map(([name]) => `params.${name} does not fit`);
  if (problems.length > 0) throw new MasalaError('PARAMS_INVALID', { problems });
  return Object.fromEntries(
    Object.keys(fields)
      .filter((name) => given[name] !== undefined)
      .map((name) => [name, given[name]]),
  );
}
