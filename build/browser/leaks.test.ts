// Whoever leaves the dashboard open for a year changes pages many times: each takes its timers, listeners and memory with it.
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { countLeftovers, type Leftovers, leftoversOf, memoryOf, type PageMemory } from './leftovers.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 1_200_000;
/** A slice in every run of the tests; MASALA_PAGE_CHANGES=500 for the whole. */
const CHANGES = Number(process.env.MASALA_PAGE_CHANGES ?? 48);
/** A page that has nothing but the shell around it. */
const EMPTY = '/nowhere';
const titles = {
  '/': 'Dashboard',
  '/stock': 'Stock',
  '/items': 'Items',
  '/devices': 'Clients and devices',
  '/backups': 'Backups',
  '/settings': 'Settings',
  '/logs': 'Logs',
} as const;
const routes = Object.keys(titles) as (keyof typeof titles)[];
/** Longer than the rarest question of any page, in seconds, each of which is a tick of the shell's clock. */
const QUIET_TICKS = 12;
/** Compiled code and caches of the browser come and go; a page that stays in memory is some 300 KB and 500 nodes a time. */
const HEAP_SLACK_BYTES = 1024 * 1024;
const NODES_SLACK = 400;
const LISTENERS_SLACK = 40;
/** The browser compiles what is hot, and keeps it. */
const WARM_UP = 24;

/** In the page itself, since the debugger keeps something of each look. Ends on the empty page. */
const CHANGE_PAGES = `async (count) => {
  const titles = ${JSON.stringify({ ...titles, [EMPTY]: 'There is no such page.' })};
  const routes = ${JSON.stringify(routes)};
  const visit = async (route) => {
    location.hash = route;
    while (document.querySelector('main h1')?.textContent !== titles[route]) await new Promise((go) => setTimeout(go, 20));
  };
  for (let changed = 0; changed < count; changed++) await visit(routes[changed % routes.length]);
  await visit(${JSON.stringify(EMPTY)});
}`;
/** Many times the quiet time. */
const PATIENCE_MS = 180_000;

let dashboard: DashboardUnderTest;

async function visit(route: keyof typeof titles | typeof EMPTY): Promise<void> {
  await dashboard.goTo(route);
  const name = route === EMPTY ? 'There is no such page.' : titles[route];
  await dashboard.page.getByRole('heading', { name, level: 1 }).first().waitFor();
}

describeIf(realBrowser, 'a page that is left', () => {
  beforeAll(async () => {
    dashboard = await DashboardUnderTest.open();
    await countLeftovers(dashboard.page.context());
    await dashboard.page.reload();
    // What is loaded once stays.
    for (const route of routes) await visit(route);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await dashboard?.close();
  }, TIMEOUT_MS);

  test(
    'leaves no timer, no listener, no observer and no question behind',
    async () => {
      const { page } = dashboard;
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
    `leaves no memory behind (${CHANGES} changes)`,
    async () => {
      const { page } = dashboard;
      // Without the counters, which keep what they count.
      const plain = await page.context().browser()?.newPage();
      if (plain === undefined) throw new Error('the page has no browser');
      try {
        await plain.goto(await dashboard.link());
        await plain.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
        const told: PageMemory[] = [];
        for (const count of [WARM_UP, CHANGES / 2, CHANGES / 2]) {
          await plain.evaluate(`(${CHANGE_PAGES})(${count})`);
          told.push(await memoryOf(plain));
        }
        process.stderr.write(`${CHANGES} page changes: ${JSON.stringify(told)}\n`);
        const [, before, after] = told;
        if (before === undefined || after === undefined) throw new Error('nothing was measured');
        expect(after.heapBytes).toBeLessThan(before.heapBytes + HEAP_SLACK_BYTES);
        expect(after.nodes).toBeLessThan(before.nodes + NODES_SLACK);
        expect(after.listeners).toBeLessThan(before.listeners + LISTENERS_SLACK);
      } finally {
        await plain.close();
      }
    },
    TIMEOUT_MS,
  );
});

/** What is there when every page had the time to ask again. */
async function afterQuietTime(): Promise<Leftovers> {
  const { ticks } = await leftoversOf(dashboard.page);
  return await until(
    'the clock of the shell to tick',
    async () => {
      const now = await leftoversOf(dashboard.page);
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
      left = beyond((await leftoversOf(dashboard.page)).alive, expected);
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
