// Whoever leaves the dashboard open for a year changes pages many times: each takes its timers, listeners and memory with it.
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { countLeftovers, type Leftovers, leftoversOf, memoryOf } from './leftovers.ts';

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
      const change = async (count: number) => {
        for (let changed = 0; changed < count; changed++) await visit(routes[changed % routes.length] ?? '/');
        await visit(EMPTY);
      };
      await change(2 * routes.length);
      const before = await memoryOf(page);
      await change(CHANGES);
      const after = await memoryOf(page);
      process.stderr.write(`${CHANGES} page changes: ${JSON.stringify({ before, after })}\n`);
      expect(after.heapBytes).toBeLessThan(before.heapBytes + HEAP_SLACK_BYTES);
      expect(after.nodes).toBeLessThan(before.nodes + NODES_SLACK);
      expect(after.listeners).toBeLessThan(before.listeners + LISTENERS_SLACK);
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
