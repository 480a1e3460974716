// Changing pages many times, as whoever leaves the dashboard open for a year does, and what that leaves in memory.

import type { Page } from 'playwright-core';
import { memoryOf, type PageMemory } from './leftovers.ts';

/** A page that has nothing but the shell around it. */
export const EMPTY = '/nowhere';

/** The pages of the navigation, and the heading of each. */
export const titles = {
  '/': 'Dashboard',
  '/stock': 'Stock',
  '/items': 'Items',
  '/devices': 'Clients and devices',
  '/backups': 'Backups',
  '/settings': 'Settings',
  '/logs': 'Logs',
} as const;

export const routes = Object.keys(titles) as (keyof typeof titles)[];

/** The first visits make what stays: modules, caches, both halves of what React keeps twice. */
const WARM_UP = 4 * routes.length;

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

/** The page's memory when it is warm, and after each of so many stretches of `count` changes. */
export async function changePages(page: Page, count: number, stretches: number): Promise<PageMemory[]> {
  const told: PageMemory[] = [];
  for (let stretch = 0; stretch <= stretches; stretch++) {
    await page.evaluate(`(${CHANGE_PAGES})(${stretch === 0 ? WARM_UP : count})`);
    told.push(await memoryOf(page));
  }
  return told;
}
