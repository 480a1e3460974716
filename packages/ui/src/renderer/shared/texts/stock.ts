// The words of the page /stock.

import { plural } from '../plural.ts';
import { pageNames } from './vocabulary.ts';

export const stock = {
  title: pageNames.stock,
  lead: 'What is there now, by item and lot.',
  columns: { sku: 'SKU', name: 'Item', lot: 'Lot', quantity: 'Quantity', unit: 'Unit' },
  noLot: '—',
  count: (shown: number, more: boolean) =>
    `${plural(shown, { one: '# row', other: '# rows' })}${more ? ' so far, more as you scroll' : ''}`,
  firstItems: (count: number) =>
    `The first ${plural(count, { one: '# item', other: '# items' })} that fit; type more to see others.`,
  none: 'Nothing is in stock yet',
  noneHint: 'Book a first receipt, or the opening stock, on a paired PC. It appears here at once.',
  noneFits: (prefix: string) => `Nothing in stock has a SKU that begins with “${prefix}”`,
  list: 'Stock by item and lot',
} as const;
