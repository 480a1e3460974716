// What a person feels of the dashboard, in a real browser on loopback: from the click on its link to all its figures, from the death
// of the core to the words that say so, and what 500 changes of the page leave in memory.

import {
  connectControl,
  endpointToCall,
  readControlToken,
  supervisorControl,
} from '@masala/protocol/control';
import type { Browser, Page } from 'playwright-core';
import { DashboardUnderTest } from '../browser/dashboard-under-test.ts';
import { changePages } from '../browser/page-changes.ts';
import { until } from '../torture/waiting.ts';
import type { BenchRow, BenchSetting } from './bench.ts';
import { median } from './processes.ts';

/** What a person who clicked, or who looks on, may wait for. */
const PATIENCE_MS = 1_000;
/** A year of looking in now and then. */
const PAGE_CHANGES = 500;
/** For whoever wants to see whether it grows: a look each hundred. */
const STRETCHES = 5;
/** Every round kills a core: at once back, and never too often. */
const SETTINGS = ['restart.backoffMs=0', 'restart.budget=0'];

/** Before the page's own scripts: notes when the heading and every figure stand. */
const NOTE_USABLE = `new MutationObserver((_, observer) => {
  if (document.querySelector('main h1') === null || document.querySelector('[aria-busy="true"], [class*="skeleton"]')) return;
  observer.disconnect();
  globalThis.usableAt = performance.timeOrigin + performance.now();
}).observe(document, { childList: true, subtree: true, attributes: true });`;

/** Notes when the page says that the core is gone. */
const NOTE_DEATH = `(() => {
  globalThis.toldAt = undefined;
  new MutationObserver((_, observer) => {
    const lines = [...document.querySelectorAll('[role="status"]')];
    if (!lines.some((line) => line.textContent.includes('The server is being started again'))) return;
    observer.disconnect();
    globalThis.toldAt = performance.timeOrigin + performance.now();
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})()`;

export async function benchDashboard(setting: BenchSetting): Promise<BenchRow[]> {
  const dashboard = await DashboardUnderTest.open({ set: SETTINGS });
  try {
    const browser = dashboard.page.context().browser();
    if (browser === null) throw new Error('the page has no browser');
    return [
      await openings(setting, dashboard, browser),
      ...(await deaths(setting, dashboard)),
      await pageChanges(setting, dashboard, browser),
    ];
  } finally {
    await dashboard.close();
  }
}

async function openings(
  { rounds, say }: BenchSetting,
  dashboard: DashboardUnderTest,
  browser: Browser,
): Promise<BenchRow> {
  const timesMs: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`dashboard: opening ${round} of ${rounds}`);
    timesMs.push(await timeOpening(browser, await dashboard.link()));
  }
  return withinASecond(`click to a dashboard with all its figures, median of ${rounds}`, median(timesMs));
}

/** The slowest counts: "within a second" is said of every one. */
async function deaths({ rounds, say }: BenchSetting, dashboard: DashboardUnderTest): Promise<BenchRow[]> {
  const pageMs: number[] = [];
  const channelMs: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`dashboard: killing the core, ${round} of ${rounds}`);
    const told = await timeDeath(dashboard);
    pageMs.push(told.pageMs);
    channelMs.push(told.channelMs);
  }
  const ours = median(pageMs);
  const peer = median(channelMs);
  return [
    withinASecond(`death of the core to the words on the page, slowest of ${rounds}`, Math.max(...pageMs)),
    {
      name: `the same, median of ${rounds}`,
      unit: 'ms',
      ours,
      peer,
      peerName: "the supervisor's control channel",
      ratio: ours / peer,
    },
  ];
}

async function pageChanges(
  { say }: BenchSetting,
  dashboard: DashboardUnderTest,
  browser: Browser,
): Promise<BenchRow> {
  say(`dashboard: ${PAGE_CHANGES} page changes`);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(await dashboard.link());
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    const told = await changePages(page, PAGE_CHANGES / STRETCHES, STRETCHES);
    say(`dashboard: memory, each ${PAGE_CHANGES / STRETCHES} changes: ${JSON.stringify(told)}`);
    const [before, after] = [told.at(0), told.at(-1)];
    if (before === undefined || after === undefined) throw new Error('nothing was measured');
    // What was let go of meanwhile counts as nothing left.
    const ours = Math.max(0, (after.things - before.things) / PAGE_CHANGES);
    return {
      name: `objects that each of ${PAGE_CHANGES} page changes leaves in memory`,
      unit: 'objects',
      ours,
      peer: 1,
      peerName: 'the smallest leak there can be',
      ratio: ours,
      demanded: { atMost: 1 },
    };
  } finally {
    await context.close();
  }
}

function withinASecond(name: string, ours: number): BenchRow {
  const ratio = ours / PATIENCE_MS;
  return { name, unit: 'ms', ours, peer: PATIENCE_MS, peerName: 'a second', ratio, demanded: { atMost: 1 } };
}

/** From the SIGKILL to the page's words, and to the word of the supervisor on a connection of our own. */
async function timeDeath(dashboard: DashboardUnderTest): Promise<{ pageMs: number; channelMs: number }> {
  const { page, server } = dashboard;
  await page.getByRole('region', { name: 'The server is running', exact: true }).waitFor();
  const token = readControlToken(server.dataDir);
  if (token === null) throw new Error('the server has no control token');
  const control = await connectControl({
    endpoint: endpointToCall(server.dataDir, supervisorControl),
    token,
  });
  try {
    const { core } = await control.call('watch', {});
    let channelAt: number | undefined;
    control.onEvent('status.changed', (status) => {
      if (status.core.pid !== core.pid) channelAt ??= wallMs();
    });
    await page.evaluate(NOTE_DEATH);
    const killedAt = wallMs();
    server.signal(Number(core.pid), 'SIGKILL');
    const pageAt = await noted(page, 'toldAt');
    const heardAt = await until("the supervisor's word", () => channelAt);
    return { pageMs: pageAt - killedAt, channelMs: heardAt - killedAt };
  } finally {
    control.close();
  }
}

/** With the sign-in on the way. */
async function timeOpening(browser: Browser, link: string): Promise<number> {
  const context = await browser.newContext();
  try {
    await context.addInitScript(NOTE_USABLE);
    const page = await context.newPage();
    const clickedAt = wallMs();
    await page.goto(link);
    await page.getByRole('main').waitFor();
    return (await noted(page, 'usableAt')) - clickedAt;
  } finally {
    await context.close();
  }
}

/** The clock that the page's own times are told by. */
function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

/** What the page has noted under this name, as soon as it has. */
async function noted(page: Page, name: string): Promise<number> {
  return await until(
    `the page to note ${name}`,
    async () => (await page.evaluate<number | undefined>(`globalThis.${name}`)) ?? undefined,
  );
}
