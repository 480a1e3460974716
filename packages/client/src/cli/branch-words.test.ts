// What is said of a branch and of the commands that are gone with it.

import type { Branched } from '../kept/branch-watch.ts';
import type { KeptCommand } from '../kept/kept-commands.ts';
import { describeBranch, summarise } from './branch-words.ts';

const PARTNER = '0190a5b4-0000-7000-8000-000000000009';

const command = (method: string, params: Record<string, unknown>, result: unknown): KeptCommand => ({
  commandId: '0190a5b4-0000-7000-8000-000000000001',
  method: method as KeptCommand['method'],
  params,
  result,
  acknowledgedAt: Date.UTC(2026, 10, 21, 14, 32, 5),
  epoch: 'a',
  earlierResults: [],
});

const branched = (origin: Branched['origin'], count: number): Branched => ({
  from: 'a',
  to: 'b',
  origin,
  beganAt: null,
  branchSequence: 7,
  salvaged: false,
  missing: Array.from({ length: count }, () => command('units.create', { code: 'box' }, {})),
});

test.each([
  [
    'restore',
    3,
    "The server was restored to its state before 2026-11-21T14:32:05.000Z; 3 of this PC's last commands are gone.",
  ],
  [
    null,
    1,
    "The server was restored to its state before 2026-11-21T14:32:05.000Z; 1 of this PC's last commands is gone.",
  ],
  ['salvage', 2, "The server's damaged database was salvaged; 2 of this PC's last commands are gone."],
  ['fresh', 2, "The server began anew with an empty database; 2 of this PC's last commands are gone."],
  ['restore', 0, undefined],
] as const)('%s, %i gone', (origin, count, said) => {
  expect(describeBranch(branched(origin, count))).toBe(said);
});

test.each([
  [
    'receipts.create',
    { lines: [1, 2, 3], partnerId: PARTNER, reference: 'LS 4711' },
    { number: 'GRN-2026-000123', status: 'posted' },
    'GRN-2026-000123, Maier & Co, LS 4711, 3 lines',
  ],
  ['receipts.create', { lines: [1] }, { number: null, status: 'draft' }, 'draft, 1 line'],
  [
    'receipts.post',
    { id: 'x', version: 1 },
    { number: 'GRN-2026-000124', status: 'posted' },
    'GRN-2026-000124',
  ],
  [
    'receipts.reverse',
    { id: 'x' },
    { number: 'GRN-1', status: 'reversed', reversalNumber: 'GRN-2' },
    'GRN-1, taken back by GRN-2',
  ],
  ['items.create', { sku: 'A-1', name: 'Bolt', unit: 'pcs' }, { id: 'x' }, 'A-1, Bolt'],
  ['units.create', { code: 'box', name: 'Box' }, { code: 'box' }, 'box, Box'],
])('%s %j', (method, params, result, expected) => {
  expect(summarise(command(method, params, result), new Map([[PARTNER, 'Maier & Co']]))).toBe(expected);
});
