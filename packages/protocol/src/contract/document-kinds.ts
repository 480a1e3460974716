// The kinds of documents: apart from their schemas, so that the ledger's rules load no schema library.

import type { Role } from './define.ts';

/**
 * Each kind: the area of its methods, the prefix of its numbers, what a line does to the stock (an adjustment's
 * lines bear their own sign), which partner it takes, and who may book it.
 */
export const documentKinds = {
  receipt: {
    area: 'receipts',
    numberPrefix: 'GRN',
    sign: 1,
    partner: 'supplier',
    roles: ['admin', 'office', 'goods-in'],
  },
  dispatch: {
    area: 'dispatches',
    numberPrefix: 'DSP',
    sign: -1,
    partner: 'customer',
    roles: ['admin', 'office', 'dispatch'],
  },
  return: {
    area: 'returns',
    numberPrefix: 'RET',
    sign: 1,
    partner: 'customer',
    roles: ['admin', 'office', 'dispatch'],
  },
  adjustment: {
    area: 'adjustments',
    numberPrefix: 'ADJ',
    sign: 1,
    partner: null,
    roles: ['admin', 'office'],
  },
} as const satisfies Record<
  string,
  {
    readonly area: string;
    readonly numberPrefix: string;
    readonly sign: 1 | -1;
    readonly partner: 'supplier' | 'customer' | null;
    readonly roles: readonly Role[];
  }
>;

export type DocumentKind = keyof typeof documentKinds;
export type DocumentArea = (typeof documentKinds)[DocumentKind]['area'];
