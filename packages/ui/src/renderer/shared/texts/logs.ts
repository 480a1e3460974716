// The words of the page /logs.

import { plural } from '../plural.ts';
import { pageNames } from './vocabulary.ts';

export const logs = {
  title: pageNames.logs,
  lead: 'What the server wrote down, newest first.',
  filters: 'Filters',
  file: 'File',
  anyFile: 'All',
  files: { core: 'Core', supervisor: 'Supervisor' },
  level: 'Level',
  anyLevel: 'All',
  levels: {
    trace: 'Trace',
    debug: 'Debug',
    info: 'Info',
    warn: 'Warning',
    error: 'Error',
    fatal: 'Fatal',
  },
  andAbove: (level: string) => `${level} and above`,
  event: 'Event begins with',
  eventSample: 'backup.',
  text: 'Contains',
  since: 'From',
  until: 'Until',
  clear: 'Clear filters',
  follow: 'Follow',
  count: (lines: number, more: boolean) =>
    `${plural(lines, { one: '# line', other: '# lines' })}${more ? ', older ones as you scroll' : ''}`,
  followRests: 'Following rests while you read further down.',
  toNewest: 'To the newest lines',
  none: 'No line fits',
  noneHint: 'Take a filter away, or choose another time.',
  nothing: 'Nothing has been written yet',
  nothingHint: 'Lines appear as soon as the server does something.',
  list: 'Log lines, newest first',
  details: 'The whole line',
  open: (message: string) => `Show the whole line: ${message}`,
  copy: 'Copy the line',
  columns: { time: 'Time', level: 'Level', file: 'File', event: 'Event', message: 'Message' },
} as const;
