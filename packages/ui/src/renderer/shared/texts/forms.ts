// What a form says of a field that does not fit, where it has no better words of its own.

import { plural } from '../plural.ts';

export const forms = {
  missing: 'This is needed.',
  choice: 'Choose one of the list.',
  tooLong: (maximum: number) =>
    plural(maximum, { one: 'At most # character.', other: 'At most # characters.' }),
  unfitting: 'This value does not fit.',
} as const;
