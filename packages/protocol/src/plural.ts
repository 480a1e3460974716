// Plural forms for the catalogues of texts, by the rules of their language.

/** The language that the catalogues are written in. */
export const CATALOGUE_LANGUAGE = 'en';

const rules = new Intl.PluralRules(CATALOGUE_LANGUAGE);
const number = new Intl.NumberFormat(CATALOGUE_LANGUAGE);

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** The form that fits the count, its `#` replaced by the count: `plural(2, { one: '# save', other: '# saves' })`. */
export function plural(count: number, forms: Forms): string {
  return (forms[rules.select(count)] ?? forms.other).replaceAll('#', number.format(count));
}
