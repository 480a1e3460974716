// Long lists on a server at work: they live, keep the reader's place, say what they could not read, and are there for every hand.
import type { Page } from 'playwright-core';
import { describeIf } from '../testing/requires.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import type { DashboardUnderTest } from './dashboard-under-test.ts';
import { type Mill, openMill } from './open-mill.ts';

/** A server and a browser, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;
/** More than a page of the contract, so that the list has to be read on. */
const SPICES = 230;
/** With the cumin of the mill. */
const ITEMS = SPICES + 1;
/** What a finger hits. */
const TARGET_PX = 44;

let mill: Mill;
let dashboard: DashboardUnderTest;
let page: Page;

const sku = (number: number) => `SPICE-${String(number).padStart(3, '0')}`;

/** Puts something of an item of this SKU into stock. */
async function stockUp(skus: readonly string[]): Promise<void> {
  const lines: { itemId: string; quantity: number }[] = [];
  for (const each of skus) {
    const { id } = await mill.desktop.call('items.create', {
      sku: each,
      name: each,
      unit: 'kg',
      decimals: 3,
    });
    lines.push({ itemId: id, quantity: 1_000 });
  }
  const { partners } = await mill.desktop.call('partners.list', {});
  await mill.desktop.call('receipts.create', { partnerId: partners[0]?.id ?? '', post: true, lines });
}

/** The first row below the head that is wholly in sight: its words, and how far down it is. */
const FIRST_IN_SIGHT = `(frame) => {
  const top = frame.querySelector('thead').getBoundingClientRect().bottom;
  const row = [...frame.querySelectorAll('tbody tr[data-index]')].find((one) => one.getBoundingClientRect().top >= top);
  return [row.innerText, Math.round(row.getBoundingClientRect().top - top)];
}`;

const STOCK = 'Stock by item and lot';
const LOG = 'Log lines, newest first';

/** What `script`, a function in the page's own language, gives for the frame of that table. */
function inFrame<Result>(label: string, script: string): Promise<Result> {
  const frame = `document.querySelector('section[aria-label^="${label}"]')`;
  return page.evaluate(`(${script})(${frame})`) as Promise<Result>;
}

const scrollTo = (label: string, y: number | string) => inFrame(label, `(frame) => frame.scrollTo(0, ${y})`);
const firstInSight = (label: string) => inFrame<[string, number]>(label, FIRST_IN_SIGHT);

describeIf(realBrowser, 'the lists', () => {
  beforeAll(async () => {
    mill = await openMill([], '/stock');
    ({ dashboard } = mill);
    ({ page } = dashboard);
    for (let from = 0; from < SPICES; from += 23)
      await stockUp(Array.from({ length: 23 }, (_, index) => sku(from + index)));
  }, TIMEOUT_MS);

  afterAll(async () => {
    await mill?.close();
  }, TIMEOUT_MS);

  test(
    'what is booked above keeps the row that is read, and the rows are counted for who hears them',
    async () => {
      const frame = page.getByRole('region', { name: STOCK });
      const table = frame.getByRole('table');
      await page.getByText('200 rows so far, more as you scroll').waitFor();
      expect(await table.getAttribute('aria-rowcount')).toBe('-1');
      await scrollTo(STOCK, 'frame.scrollHeight');
      await page.getByText(`${ITEMS} rows`, { exact: true }).waitFor();
      expect(await table.getAttribute('aria-rowcount')).toBe(String(ITEMS + 1));

      await scrollTo(STOCK, 2_000);
      await frame.getByText(sku(50)).first().waitFor();
      const before = await firstInSight(STOCK);
      await stockUp(['AAA-1', 'AAA-2', 'AAA-3']);
      await page.getByText(`${ITEMS + 3} rows`, { exact: true }).waitFor();
      await until('the row to be where it was', async () => {
        const [words, top] = await firstInSight(STOCK);
        return words === before[0] && Math.abs(top - before[1]) <= 2 ? true : undefined;
      });

      const indexes = await inFrame<number[]>(
        STOCK,
        "(frame) => [...frame.querySelectorAll('[aria-rowindex]')].map((row) => Number(row.ariaRowIndex))",
      );
      expect(indexes[0]).toBe(1);
      expect(indexes.slice(1)).toEqual(indexes.slice(1).map((_, offset) => Number(indexes[1]) + offset));
      expect(indexes[1]).toBeGreaterThan(20);
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      // At the top, what is new is in sight.
      await scrollTo(STOCK, 0);
      await stockUp(['AA-1']);
      await frame.getByText('AA-1').first().waitFor();
      expect((await firstInSight(STOCK))[0]).toContain('AA-1');
    },
    TIMEOUT_MS,
  );

  test(
    'the movements of an item are told as they are booked, and what is in stock with them',
    async () => {
      await mill.receive(2_500);
      await page.getByLabel('Search by SKU').fill('CUMIN');
      await page.getByRole('button', { name: 'Movements of CUMIN' }).click();
      const drawer = page.getByRole('dialog', { name: 'Movements of CUMIN' });
      await drawer.getByText('+2.500').waitFor();
      const told = await drawer.getByText(/In stock/).innerText();
      await mill.receive(7_125);
      await drawer.getByText('+7.125').waitFor();
      await until('the sum to be new', async () =>
        (await drawer.getByText(/In stock/).innerText()) === told ? undefined : true,
      );
      await page.keyboard.press('Escape');
      await page.getByLabel('Search by SKU').fill('');
      await page.getByRole('region', { name: STOCK }).getByText('AA-1').first().waitFor();
    },
    TIMEOUT_MS,
  );

  test(
    'what cannot be read leaves the rows where they are, with their age, and heals by itself',
    async () => {
      const frame = page.getByRole('region', { name: STOCK });
      const refusal = { error: { code: 'INTERNAL', message: 'The disk was slow.', hint: 'Wait a little.' } };
      await page.route('**/door', async (route) => {
        if (route.request().postData()?.includes('stock.onHand')) await route.fulfill({ json: refusal });
        else await route.continue();
      });
      await stockUp(['B-1']);
      await page.getByText('The disk was slow.').waitFor();
      await page.getByText(/Shown as it was/).waitFor();
      await frame.getByText('AA-1').first().waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await page.unroute('**/door');
      await frame.getByText('B-1').first().waitFor();
      await page.getByText('The disk was slow.').waitFor({ state: 'hidden' });
    },
    TIMEOUT_MS,
  );

  test(
    'heads that sort and lines of the log are as large as a finger, and sorting is told',
    async () => {
      await dashboard.goTo('/backups');
      await page.getByRole('button', { name: 'Back up now' }).first().click();
      const head = page
        .getByRole('columnheader')
        .filter({ has: page.getByRole('button') })
        .first();
      await head.waitFor();
      for (const button of await page.getByRole('columnheader').getByRole('button').all())
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(TARGET_PX);
      const told = await head.getAttribute('aria-sort');
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).not.toBe(told);

      await dashboard.goTo('/logs');
      const line = page.getByRole('button', { name: /^Show the whole line/ }).first();
      await line.waitFor();
      expect((await line.boundingBox())?.height).toBeGreaterThanOrEqual(TARGET_PX);
    },
    TIMEOUT_MS,
  );

  test(
    'the log follows, rests while one reads further down, and goes on from the way back',
    async () => {
      await page.setViewportSize({ width: 1366, height: 600 });
      const list = page.getByRole('region', { name: LOG });
      await scrollTo(LOG, 300);
      await page.getByText(/Following rests/).waitFor();
      const before = await firstInSight(LOG);
      await mill.dashboard.server.ask((control) => control.call('backup.now', {}));
      expect(await firstInSight(LOG)).toEqual(before);
      await page.getByRole('button', { name: 'To the newest lines' }).click();
      await page.getByText(/Following rests/).waitFor({ state: 'hidden' });
      await list.getByText('backup.made').first().waitFor();
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
