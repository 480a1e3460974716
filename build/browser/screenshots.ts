// `npm run screenshots`: every page of a real server with believable work in it, light and dark, in two sizes, for docs/screenshots.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { ownTree } from '../torture/server-process.ts';
import { until } from '../torture/waiting.ts';
import { ensurePageBuilt } from '../ui/ensure-page-built.ts';
import { launchBrowser } from './browser.ts';
import { DemoMill } from './demo-mill.ts';

const folder = join(ownTree, 'docs/screenshots');
const sizes = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];
const themes = ['light', 'dark'] as const;
/** What a server at work shows, and the heading of each; recovery comes last, since it ends the work. */
const routes = {
  dashboard: ['/', 'Dashboard'],
  stock: ['/stock', 'Stock'],
  items: ['/items', 'Items'],
  devices: ['/devices', 'Clients and devices'],
  backups: ['/backups', 'Backups'],
  settings: ['/settings', 'Settings'],
  logs: ['/logs', 'Logs'],
  exit: ['/exit', /connected/],
  welcome: ['/welcome', /server called/],
} as const;
/** For a page on a busy machine. */
const PATIENCE_MS = 120_000;

/** The heading stands, nothing is awaited any more, and nothing moves. */
const IS_SETTLED = `document.querySelector('main h1') !== null
  && document.querySelector('[aria-busy="true"], [class*="skeleton"]') === null
  && document.fonts.status === 'loaded'
  && document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().endTime === Infinity)`;

interface View {
  readonly name: string;
  readonly page: Page;
}

await ensurePageBuilt();
const mill = await DemoMill.open();
const browser = await launchBrowser();
try {
  say('booking some days of work');
  await mill.work();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const views: View[] = [];
  for (const size of sizes)
    for (const colorScheme of themes)
      views.push({
        name: `${colorScheme}-${size.width}`,
        page: await openPage({ viewport: size, colorScheme }),
      });
  for (const [name, [route, heading]] of Object.entries(routes)) {
    for (const view of views) {
      await view.page.evaluate(`location.hash = ${JSON.stringify(route)}`);
      await view.page.getByRole('heading', { name: heading }).first().waitFor();
      await take(view, name);
    }
  }
  await mill.rest();
  mill.loseDatabase();
  for (const view of views) {
    await view.page
      .getByRole('heading', { name: /^No database found/, level: 1 })
      .waitFor({ timeout: PATIENCE_MS });
    await take(view, 'recovery');
  }
} finally {
  await browser.close();
  await mill.close();
}

async function openPage(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const { output } = await mill.server.run('open', '--print', '--json');
  await page.goto((JSON.parse(output) as { readonly link: string }).link);
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//);
  await page.getByRole('main').waitFor();
  return page;
}

async function take({ page, name }: View, what: string): Promise<void> {
  // The debugger may do what the page's policy refuses to its scripts: run text as code.
  await until(
    `${what} ${name} to settle`,
    async () => (await page.evaluate(IS_SETTLED)) || undefined,
    PATIENCE_MS,
  );
  await page.screenshot({ path: join(folder, `${what}-${name}.png`) });
  say(`${what} ${name}`);
}

function say(progress: string): void {
  process.stderr.write(`${progress}\n`);
}
