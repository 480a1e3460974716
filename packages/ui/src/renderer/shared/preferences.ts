// What the browser remembers for the reader: the theme, the shortcuts, which banner was put away, a form that was begun.
//
// Never in a cookie: cookies are shared by all ports of 127.0.0.1, so that every other program's page would get them. Storage
// belongs to one port. Electron's page has one address for ever; the loopback host has another port at each start of its own,
// so a browser's choices last as long as that host.

const PREFIX = 'masala.';

/** How long something is remembered: as long as the browser keeps this page's storage, or as long as the tab. */
export type Lasting = 'always' | 'tab';

/** Null where nothing is remembered, or nothing can be. */
export function recall(name: string, lasting: Lasting = 'always'): string | null {
  try {
    return storageOf(lasting).getItem(PREFIX + name);
  } catch {
    // Storage is switched off in this browser: the choice lasts as long as the page.
    return null;
  }
}

/** Null forgets it. */
export function remember(name: string, value: string | null, lasting: Lasting = 'always'): void {
  try {
    if (value === null) storageOf(lasting).removeItem(PREFIX + name);
    else storageOf(lasting).setItem(PREFIX + name, value);
  } catch {
    // As above: the choice lasts as long as the page.
  }
}

function storageOf(lasting: Lasting): Storage {
  return lasting === 'tab' ? sessionStorage : localStorage;
}
