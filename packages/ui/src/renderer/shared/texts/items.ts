// The words of the page /items.

import { plural } from '../plural.ts';
import { documentKinds, pageNames } from './vocabulary.ts';

export const items = {
  title: pageNames.items,
  lead: 'What is kept in stock. Items are made and changed on the desktops, or imported.',
  search: 'Search by SKU',
  searchHint: 'Beginning of a SKU',
  columns: {
    sku: 'SKU',
    name: 'Name',
    unit: 'Unit',
    decimals: 'Decimals',
    state: 'State',
    actions: 'Movements',
  },
  active: 'Active',
  inactive: 'Inactive',
  count: (shown: number, more: boolean) =>
    `${plural(shown, { one: '# item', other: '# items' })}${more ? ' so far, more as you scroll' : ''}`,
  none: 'No items yet',
  noneHint:
    'Make the first one on a paired PC, or import a list there: “masala import items”, as docs/admin.md describes.',
  noneFits: (prefix: string) => `No SKU begins with “${prefix}”`,
  noneFitsHint: 'Upper and lower case are alike. Try fewer characters.',
  list: 'Items, in the order of their SKUs',
  movements: {
    title: (sku: string) => `Movements of ${sku}`,
    open: 'Movements',
    openOf: (sku: string) => `Movements of ${sku}`,
    onHand: 'In stock',
    none: 'It has not been moved yet',
    noneHint: 'A receipt on a paired PC would be the first.',
    list: 'Movements, newest first',
    columns: { at: 'Booked', document: 'Document', number: 'Number', quantity: 'Quantity' },
    kinds: documentKinds as Readonly<Record<string, string>>,
  },
} as const;
