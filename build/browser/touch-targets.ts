// What a finger cannot hit with ease on the page as it is now: controls of less than 44 by 44 pixels.

import type { Page } from 'playwright-core';

/** The size of WCAG's target-size rule at its stricter level; half a pixel is rounding. */
const TARGET_PX = 43.5;

/** A label belongs to its control, and so does a layer of its own that reaches over its edges. */
const MEASURE = `[...document.querySelectorAll('a, button, input, select, textarea, summary')].flatMap((control) => {
  const { width, height } = (control.closest('label') ?? control).getBoundingClientRect();
  if (width === 0 || !control.checkVisibility() || control.closest('[aria-hidden=true], .visually-hidden')) return [];
  const layer = getComputedStyle(control, '::after');
  const reaches = layer.content !== 'none' && layer.position === 'absolute';
  const more = (...sides) => (reaches ? Math.max(0, -sides.reduce((sum, side) => sum + parseFloat(layer[side]), 0)) : 0);
  const size = [width + more('left', 'right'), height + more('top', 'bottom')];
  if (size.every((pixels) => pixels >= ${TARGET_PX})) return [];
  return [control.outerHTML.slice(0, 160) + ': ' + size.map(Math.round).join(' × ')];
})`;

/** The controls that are too small, with their sizes; empty where every one is large enough. */
export async function smallTargets(page: Page): Promise<readonly string[]> {
  return (await page.evaluate(MEASURE)) as readonly string[];
}
