// What is wrong with params, field by field, as PARAMS_INVALID tells it.

import { methods } from './contract/index.ts';
import { problemsOf } from './problems.ts';

const id = '019b76da-a800-7000-8000-000000000001';
const schema = methods['receipts.create'].input;
const good = { commandId: id, lines: [{ itemId: id, quantity: 1 }] };

test('what fits has no problems', () => {
  expect(problemsOf(schema, good)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['a missing field', { lines: [] }, ''],
  ['an unknown field', { ...good, colour: 'red' }, 'colour'],
  ['an unknown field of a line', { ...good, lines: [{ ...good.lines[0], price: 1 }] }, 'lines[0].price'],
  ['NaN', { ...good, lines: [{ itemId: id, quantity: Number.NaN }] }, 'lines[0].quantity'],
  ['a fraction', { ...good, lines: [good.lines[0], { itemId: id, quantity: 1.5 }] }, 'lines[1].quantity'],
  ['a huge number', { ...good, lines: [{ itemId: id, quantity: 1e15 }] }, 'lines[0].quantity'],
  ['a UUID in capitals', { ...good, commandId: id.toUpperCase() }, 'commandId'],
  ['an object for a text', { ...good, note: {} }, 'note'],
  ['a list for an object', [], ''],
])('%s is told by its field', (_name, params, field) => {
  const problems = problemsOf(schema, params);
  expect(problems.map((problem) => problem.field)).toContain(field);
  for (const problem of problems) expect(problem.reason).toMatch(/\S/);
});

test('the allowed words are listed', () => {
  const [problem] = problemsOf(methods['partners.create'].input, {
    commandId: id,
    code: 'A',
    name: 'A',
    kind: 'friend',
  });
  expect(problem).toMatchObject({
    field: 'kind',
    reason: expect.stringContaining('supplier, customer, both'),
  });
});

test('of two thousand problems a handful is told', () => {
  const lines = Array(1_000).fill({ itemId: 1, quantity: 'x' });
  const { length } = problemsOf(schema, { ...good, lines });
  expect(length).toBeGreaterThan(1);
  expect(length).toBeLessThanOrEqual(10);
});
