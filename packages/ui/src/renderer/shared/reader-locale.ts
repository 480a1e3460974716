// In which language and region the page writes: words, numbers, dates and units go by this one answer.

/** The language that the catalogue is written in. */
const CATALOGUE_LANGUAGE = 'en';

/**
 * Words are in the catalogue's language, so numbers, units and dates are, too: the region is the reader's where he reads
 * that language, British otherwise.
 */
export function localeFor(languages: readonly string[]): string {
  return languages.find((language) => language.split('-')[0] === CATALOGUE_LANGUAGE) ?? 'en-GB';
}

/** The reader's. */
export const readerLocale = localeFor(globalThis.navigator?.languages ?? []);
