// What this PC remembers of the reader's taste: the theme, the shortcuts, which banner was put away.
//
// The loopback host has another port at every start, and storage belongs to a port; a cookie does not, and these are no
// secrets. Electron's page has one address for ever, and no cookies.

const YEAR_S = 31_536_000;
const PREFIX = 'masala.';

/** Null where nothing is remembered, or nothing can be. */
export function recall(name: string): string | null {
  const key = `${PREFIX}${name}=`;
  const cookie = document.cookie.split('; ').find((entry) => entry.startsWith(key));
  if (cookie !== undefined) return decodeURIComponent(cookie.slice(key.length));
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    // Storage is switched off in this browser: the choice lasts as long as the page.
    return null;
  }
}

/** Null forgets it. */
export function remember(name: string, value: string | null): void {
  if (location.protocol === 'http:') {
    const age = value === null ? 0 : YEAR_S;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that opens the page.
    document.cookie = `${PREFIX}${name}=${encodeURIComponent(value ?? '')}; Path=/; SameSite=Strict; Max-Age=${age}`;
    return;
  }
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // As above: the choice lasts as long as the page.
  }
}
