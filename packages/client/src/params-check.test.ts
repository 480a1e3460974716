// Bad values are told to the caller and never sent.

import { MasalaError } from '@masala/protocol';
import { newCommandId } from './command-id.ts';
import { checkParams } from './params-check.ts';
import { callRetryDelayMs, RETRY_DELAY_MS } from './retry-delay.ts';

const good = () => ({ commandId: newCommandId(), sku: 'A-1', name: 'Bolt', unit: 'pcs', decimals: 0 });

function problemsOf(params: unknown, method: 'items.create' | 'imports.begin' = 'items.create'): string[] {
  try {
    checkParams(method, params);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(MasalaError);
    expect((error as MasalaError).code).toBe('PARAMS_INVALID');
    const { problems } = (error as MasalaError).data as { problems: { field: string; reason: string }[] };
    return problems.map(({ field, reason }) => `${field}: ${reason}`);
  }
}

test('good params pass', () => {
  expect(problemsOf(good())).toEqual([]);
  expect(problemsOf({ ...good(), name: 'Schraube 🔩' })).toEqual([]);
});

const cyclic: Record<string, unknown> = { ...good() };
cyclic['decimals'] = cyclic;

test.each([
  ['a lone surrogate', { ...good(), name: '\ud800' }, /^name: .*surrogate/],
  ['a lone surrogate in a key', { ...good(), '\udc00': 1 }, /surrogate/],
  ['NaN', { ...good(), decimals: Number.NaN }, /^decimals: is not a number/],
  ['negative zero', { ...good(), decimals: -0 }, /^decimals: is negative zero/],
  ['infinity', { ...good(), decimals: Number.POSITIVE_INFINITY }, /^decimals: is not a number/],
  ['a huge integer', { ...good(), decimals: 2 ** 60 }, /^decimals: is too large/],
  ['a BigInt', { ...good(), decimals: 3n }, /^decimals: must not be a bigint/],
  ['a function', { ...good(), name: () => 'x' }, /^name: must not be a function/],
  ['a fraction', { ...good(), decimals: 1.5 }, /^decimals: /],
  ['a missing field', { commandId: newCommandId(), sku: 'A', unit: 'pcs' }, /name/],
  ['an unknown field', { ...good(), colour: 'red' }, /^colour: is not a field/],
  ['a prototype key', JSON.parse(`{"__proto__":{"polluted":1},"sku":"A"}`), /__proto__/],
  ['an empty text', { ...good(), sku: '' }, /^sku: /],
  ['a cycle', cyclic, /nested too deep/],
  ['an array', [1], /./],
  ['null', null, /./],
])('%s is refused', (_, params, expected) => {
  expect(problemsOf(params).join('\n')).toMatch(expected);
});

test('a problem in a nested field names its place', () => {
  const map = { source: 'x', columns: { sku: 'A' }, skipSkus: ['a', 7] };
  const params = { kind: 'items', fileName: 'a.csv', sizeBytes: 1, map };
  expect(problemsOf(params, 'imports.begin').join('\n')).toMatch(/^map\.skipSkus\[1\]: /);
});

test('a refused call is sent again at once, and then ever more slowly, up to three seconds', () => {
  expect([1, 2, 3, 4, 8, 100].map((failures) => callRetryDelayMs(failures, 0.5))).toEqual([
    0, 50, 100, 200, 3_000, 3_000,
  ]);
  expect(callRetryDelayMs(100, 1)).toBe(1.2 * RETRY_DELAY_MS);
});
