// What stands in a field is what the server keeps, and what is wrong with it is said in the field's own words.
import { allTold, told } from './testing-settings.ts';
import { allValues, allWritten, problemWords, readWritten, valueWords, writtenOf } from './written.ts';

test('every default of the table is written and read back as itself', () => {
  const values = allValues(allTold, allWritten(allTold));
  for (const setting of allTold) expect(values.get(setting.name)).toBe(setting.default);
});

test('an amount is read in the unit that stands beside it', () => {
  expect(readWritten(told('stop.graceMs'), { text: '2', unit: 'min' })).toBe(120_000);
  expect(readWritten(told('disk.lowBytes'), { text: '1,5', unit: 'GB' })).toBe(1.5 * 1024 ** 3);
  expect(readWritten(told('stop.graceMs'), { text: 'soon', unit: 's' })).toBeUndefined();
});

test('values are told in humane units, a port by its digits', () => {
  expect(valueWords(told('backup.intervalMs'), 300_000)).toBe('5 min');
  expect(valueWords(told('disk.lowBytes'), 500 * 1024 ** 2)).toBe('500 MB');
  expect(valueWords(told('server.port'), 8_090)).toBe('8090');
  expect(valueWords(told('supervisor.revivedByService'), false)).toBe('off');
  expect(valueWords(told('server.name'), '')).toBe('empty');
});

test('what is wrong is told with the bounds of the table', () => {
  expect(problemWords(told('stop.graceMs'), { text: '1', unit: 'ms' })).toBe('From 100 ms to 1 d.');
  expect(problemWords(told('server.name'), { text: 'x'.repeat(61), unit: '' })).toBe(
    'At most 60 characters.',
  );
  expect(problemWords(told('stop.graceMs'), writtenOf(told('stop.graceMs'), 60_000))).toBeUndefined();
});
