// A form refuses what the contract would refuse, with words at the field that is wrong.

import { supervisorControl } from '@masala/protocol/control-schemas';
import { resolverOf, schemaProblem } from './use-contract-form.ts';

const { folder } = supervisorControl.methods['backup.checkFolder'].params.properties;
const { role } = supervisorControl.methods.pair.params.properties;
const { until } = supervisorControl.methods['recovery.restore'].params.properties;

test.each([
  [folder, '/mnt/usb', undefined],
  [folder, '', 'Name a folder.'],
  [folder, undefined, 'Name a folder.'],
  [folder, 'x'.repeat(5_000), 'At most 4,096 characters.'],
  [folder, 7, 'This value does not fit.'],
  [role, 'office', undefined],
  [role, 'boss', 'Choose one of the list.'],
  [until, 1.5, 'This value does not fit.'],
] as const)('the schema has the last word (%#)', (schema, value, problem) => {
  expect(schemaProblem(schema, value, { missing: 'Name a folder.' })).toBe(problem);
});

test('a field without words of its own says that it is needed', () => {
  expect(schemaProblem(folder, '')).toBe('This is needed.');
});

/** The options matter to native validation alone, which no form of ours uses. */
const options = { fields: {}, shouldUseNativeValidation: undefined };

test('each problem is told at its own field, however deep it lies', async () => {
  const resolver = resolverOf<{ name: string; size: { text: string; unit: string } }>((fields) => ({
    name: undefined,
    'size.text': fields.size.text === '' ? 'Needed.' : undefined,
  }));
  expect(await resolver({ name: 'Mill', size: { text: '', unit: 'MB' } }, undefined, options)).toEqual({
    values: {},
    errors: { size: { text: { type: 'unfitting', message: 'Needed.' } } },
  });
  const good = { name: 'Mill', size: { text: '5', unit: 'MB' } };
  expect(await resolver(good, undefined, options)).toEqual({ values: good, errors: {} });
});
