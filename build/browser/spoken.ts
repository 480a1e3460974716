// What a page said, also what it said for a moment only: a core that was killed is back before a test has looked.

import type { Page } from 'playwright-core';
import { until } from '../torture/waiting.ts';

/** The lines that tell how the server stands: the dashboard's large one, the banners' titles, the pill's word. */
const RECORDER = `(() => {
  const spoken = [];
  globalThis.spokenLines = spoken;
  const now = new Set();
  const look = () => {
    const lines = new Set(
      [...document.querySelectorAll('[role="status"], [aria-live="assertive"]')].map((one) => one.textContent.trim()),
    );
    for (const line of lines) if (line !== '' && !now.has(line)) spoken.push(line);
    now.clear();
    for (const line of lines) now.add(line);
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
})()`;

export interface Spoken {
  /** Waits until the page has said this since the recording began. */
  heard(line: string): Promise<void>;
}

/** Writes down from now on what the page says, until it is loaded anew. */
export async function recordSpoken(page: Page): Promise<Spoken> {
  await page.evaluate(RECORDER);
  let lines: readonly string[] = [];
  return {
    heard: async (line) => {
      await until(
        () => `“${line}” of a page that said ${JSON.stringify(lines)}`,
        async () => {
          lines = (await page.evaluate('spokenLines')) as readonly string[];
          return lines.some((one) => one.includes(line)) ? true : undefined;
        },
        PATIENCE_MS,
      );
    },
  };
}

/** The watchdog's time, and that of a start on a machine that is busy with other things. */
const PATIENCE_MS = 180_000;
