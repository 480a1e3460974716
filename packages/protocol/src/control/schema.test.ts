// The check of what travels on the control channel.
import fc from 'fast-check';
import { coreControl } from './contract.ts';
import { findMisfit, misfit, type Schema } from './schema.ts';

const ping = coreControl.methods.ping.params;
const revoke = coreControl.methods['devices.revoke'].params;

test('what fits passes, and fields that nobody knows do not matter', () => {
  expect(misfit(ping, { sequence: 1 })).toBeUndefined();
  expect(misfit(ping, { sequence: 1, later: true })).toBeUndefined();
});

test.each([
  [ping, undefined, 'params must be an object'],
  [ping, [], 'params must be an object'],
  [ping, {}, 'params.sequence is missing'],
  [ping, { sequence: 1.5 }, 'params.sequence must be a whole number'],
  [ping, { sequence: '1' }, 'params.sequence must be a whole number'],
  [revoke, { deviceId: 'x'.repeat(5_000) }, 'params.deviceId is too long'],
  [coreControl.methods.pair.params, { role: 'boss' }, 'params.role must be one of'],
] as const)('what does not fit is named (%#)', (schema, value, problem) => {
  expect(misfit(schema, value)).toContain(problem);
});

test.each([
  [{ sequence: '1' }, 'kind'],
  [{}, 'missing'],
] as const)('a form learns by a code what is wrong (%#)', (value, code) => {
  expect(findMisfit(ping, value)?.code).toBe(code);
});

test.each([
  ['', 'too-short'],
  ['x'.repeat(5_000), 'too-long'],
  [null, 'kind'],
  ['/mnt/usb', undefined],
] as const)('a folder has a name (%#)', (folder, code) => {
  expect(findMisfit(coreControl.methods['backup.checkFolder'].params, { folder })?.code).toBe(code);
});

test('lists and alternatives are checked to the bottom', () => {
  const schema: Schema = { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'null' }] } };
  expect(misfit(schema, [1, null, 2])).toBeUndefined();
  expect(misfit(schema, [1, 'two'])).toContain('params[1]');
});

test('no value makes the check itself fail', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      for (const { params, result } of Object.values(coreControl.methods)) {
        expect(['string', 'undefined']).toContain(typeof misfit(params, value));
        expect(['string', 'undefined']).toContain(typeof misfit(result, value));
      }
    }),
  );
});
