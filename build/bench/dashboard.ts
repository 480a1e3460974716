// From the click on the dashboard's link to a dashboard with all its figures, in a real browser with an empty cache on loopback.

import type { Browser } from 'playwright-core';
import { DashboardUnderTest } from '../browser/dashboard-under-test.ts';
import type { BenchRow, BenchSetting } from './bench.ts';
import { median } from './processes.ts';

/** What a person who clicked may wait for. */
const PATIENCE_MS = 1_000;

/** Before the page's own scripts: notes when the heading and every figure stand. */
const NOTE_USABLE = `new MutationObserver((_, observer) => {
  if (document.querySelector('main h1') === null || document.querySelector('[aria-busy="true"], [class*="skeleton"]')) return;
  observer.disconnect();
  globalThis.usableAt = performance.timeOrigin + performance.now();
}).observe(document, { childList: true, subtree: true, attributes: true });`;

export async function benchDashboard({ rounds, say }: BenchSetting): Promise<BenchRow[]> {
  const dashboard = await DashboardUnderTest.open();
  const timesMs: number[] = [];
  try {
    const browser = dashboard.page.context().browser();
    if (browser === null) throw new Error('the page has no browser');
    for (let round = 1; round <= rounds; round++) {
      say(`dashboard: opening ${round} of ${rounds}`);
      timesMs.push(await timeOpening(browser, await dashboard.link()));
    }
  } finally {
    await dashboard.close();
  }
  const ours = median(timesMs);
  return [
    {
      name: `click to a dashboard with all its figures, median of ${rounds}`,
      unit: 'ms',
      ours,
      peer: PATIENCE_MS,
      peerName: 'a second',
      ratio: ours / PATIENCE_MS,
      demanded: { atMost: 1 },
    },
  ];
}

/** With the sign-in on the way. */
async function timeOpening(browser: Browser, link: string): Promise<number> {
  const context = await browser.newContext();
  try {
    await context.addInitScript(NOTE_USABLE);
    const page = await context.newPage();
    // The clock that the page's own times are told by.
    const clickedAt = performance.timeOrigin + performance.now();
    await page.goto(link);
    await page.getByRole('main').waitFor();
    for (;;) {
      const usableAt = await page.evaluate<number | undefined>('globalThis.usableAt');
      if (usableAt !== undefined) return usableAt - clickedAt;
      await page.waitForTimeout(LOOK_EVERY_MS);
    }
  } finally {
    await context.close();
  }
}

const LOOK_EVERY_MS = 50;
