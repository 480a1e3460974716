// Whoever leaves the dashboard open for a year changes pages many times: each takes its timers, listeners and memory with it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import type { DashboardUnderTest } from './dashboard-under-test.ts';
import { countLeftovers, type Leftovers, leftoversOf } from './leftovers.ts';
import { type Mill, openMill } from './open-mill.ts';
import { changePages, EMPTY, routes, titles } from './page-changes.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 1_200_000;
/** A slice of the 500 of `npm run bench -- dashboard`: each page three times a stretch. */
const CHANGES = 3 * routes.length;
/** A leak is in every stretch; what the browser or React makes once is in one. */
const STRETCHES = 4;
/** Longer than the rarest question of any page, in seconds, each of which is a tick of the shell's clock. */
const QUIET_TICKS = 12;
/** What the shell's own lists take and give back between two looks. A page that stays is some 500 nodes a time. */
const NODES_SLACK = 100;
const LISTENERS_SLACK = 20;
/** The smallest leak of every change is one; without a leak it is some hundredths. */
const THINGS_PER_CHANGE_MAX = 1;
/** Many times the quiet time. */
const PATIENCE_MS = 180_000;

let mill: Mill;
let dashboard: DashboardUnderTest;
let page: Page;

async function visit(route: keyof typeof titles | typeof EMPTY): Promise<void> {
  await dashboard.goTo(route);
  const name = route === EMPTY ? 'There is no such page.' : titles[route];
  await page.getByRole('heading', { name, level: 1 }).first().waitFor();
}

/** What opens over a page: where, by which button, and what then stands there. */
const openings = (): readonly (readonly [keyof typeof titles, Locator, Locator])[] => {
  const button = (name: string) => page.getByRole('button', { name }).first();
  const dialog = page.getByRole('dialog');
  return [
    ['/', button('Server and appearance'), page.getByRole('menu')],
    ['/', button('Keyboard shortcuts'), dialog],
    ['/items', button('Movements of CUMIN'), dialog],
    ['/devices', button('Add a device'), dialog],
    ['/devices', button('Revoke Office'), page.getByRole('alertdialog')],
    ['/backups', button('Back up to a folder…'), dialog],
    ['/logs', button('Show the whole line'), dialog],
  ];
};

describeIf(realBrowser, 'a page that is left', () => {
  beforeAll(async () => {
    mill = await openMill([]);
    ({ dashboard } = mill);
    ({ page } = dashboard);
    await countLeftovers(page.context());
    await page.reload();
    // What is loaded once stays.
    for (const route of routes) await visit(route);
    // So does what React hears on the place of the first dialogue.
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'leaves no timer, no listener, no observer and no question behind',
    async () => {
      await visit(EMPTY);
      const before = await afterQuietTime();
      for (const route of routes) {
        const { alive, requests } = await leftoversOf(page);
        await visit(route);
        await until(`${route} to ask for something`, async () =>
          (await leftoversOf(page)).requests > requests ? true : undefined,
        );
        await until(`${route} to need a timer, or a listener`, async () =>
          beyond((await leftoversOf(page)).alive, alive).length > 0 ? true : undefined,
        );
        await visit(EMPTY);
        await nothingBeyond(before.alive, route);
      }
      const { requests } = await leftoversOf(page);
      const after = await afterQuietTime();
      expect(after.requests).toBe(requests);
      await nothingBeyond(before.alive, 'all pages');
    },
    TIMEOUT_MS,
  );

  test(
    'leaves nothing of what was opened over it, nor do the exit and the first run',
    async () => {
      await visit(EMPTY);
      const { alive: before } = await leftoversOf(page);
      for (const [route, button, opened] of openings()) {
        await visit(route);
        await button.waitFor();
        const { alive } = await leftoversOf(page);
        await button.click();
        await opened.waitFor();
        expect(beyond((await leftoversOf(page)).alive, alive)).not.toEqual([]);
        await page.keyboard.press('Escape');
        await opened.waitFor({ state: 'hidden' });
        await visit(EMPTY);
        await nothingBeyond(before, `${button} on ${route}`);
      }
      for (const [route, words] of [
        ['/exit', /Are you sure/],
        ['/welcome', /server called/],
      ] as const) {
        await dashboard.goTo(route);
        await page.getByRole('heading', { name: words }).waitFor();
        await visit(EMPTY);
        await nothingBeyond(before, route);
      }
    },
    TIMEOUT_MS,
  );

  test(
    `leaves no memory behind (${CHANGES * STRETCHES} changes)`,
    async () => {
      // Without the counters, which keep what they count.
      const plain = await page.context().browser()?.newPage();
      if (plain === undefined) throw new Error('the page has no browser');
      try {
        await plain.goto(await dashboard.link());
        await plain.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
        const told = await changePages(plain, CHANGES, STRETCHES);
        process.stderr.write(`memory, each ${CHANGES} page changes: ${JSON.stringify(told)}\n`);
        const [before, after] = [told.at(0), told.at(-1)];
        if (before === undefined || after === undefined) throw new Error('nothing was measured');
        const left = told.slice(1).map(({ things }, index) => things - (told[index]?.things ?? 0));
        expect(Math.min(...left) / CHANGES).toBeLessThan(THINGS_PER_CHANGE_MAX);
        expect(after.nodes).toBeLessThan(before.nodes + NODES_SLACK);
        expect(after.listeners).toBeLessThan(before.listeners + LISTENERS_SLACK);
      } finally {
        await plain.close();
      }
    },
    TIMEOUT_MS,
  );

  // The last one: afterwards the database is new.
  test(
    'leaves nothing of a recovery when work goes on',
    async () => {
      await visit(EMPTY);
      const { alive: before } = await leftoversOf(page);
      rmSync(join(dashboard.server.dataDir, 'masala.db'));
      await page.getByRole('heading', { name: /^No database found/ }).waitFor({ timeout: PATIENCE_MS });
      const question = page.getByRole('alertdialog', { name: /^Restore the state of / });
      await page.getByRole('button', { name: 'Restore this state' }).click();
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Restore this state' }).click();
      await question.getByRole('button', { name: 'Restore' }).click();
      await page.getByRole('navigation').waitFor({ timeout: PATIENCE_MS });
      await visit(EMPTY);
      await nothingBeyond(before, 'the recovery');
    },
    TIMEOUT_MS,
  );
});

/** What is there when every page had the time to ask again. */
async function afterQuietTime(): Promise<Leftovers> {
  const { ticks } = await leftoversOf(page);
  return await until(
    'the clock of the shell to tick',
    async () => {
      const now = await leftoversOf(page);
      return now.ticks >= ticks + QUIET_TICKS ? now : undefined;
    },
    PATIENCE_MS,
  );
}

async function nothingBeyond(expected: readonly string[], route: string): Promise<void> {
  let left: readonly string[] = [];
  await until(
    () => `${route} to take with it: ${left.join('\n')}`,
    async () => {
      left = beyond((await leftoversOf(page)).alive, expected);
      return left.length === 0 ? true : undefined;
    },
    PATIENCE_MS,
  );
}

/** What there is more of than before. */
function beyond(now: readonly string[], before: readonly string[]): readonly string[] {
  const known = [...before];
  return now.filter((one) => {
    const at = known.indexOf(one);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}
