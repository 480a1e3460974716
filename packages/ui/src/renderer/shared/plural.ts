// Plural forms for the catalogue of texts, by the rules of its language.

import { readerLocale } from './reader-locale.ts';

const rules = new Intl.PluralRules(readerLocale);
const number = new Intl.NumberFormat(readerLocale);

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** The form that fits the count, its `#` replaced by the count: `plural(2, { one: '# save', other: '# saves' })`. */
export function plural(count: number, forms: Forms): string {
  return (forms[rules.select(count)] ?? forms.other).replaceAll('#', number.format(count));
}
