// The contract as a whole: every row is complete, every schema compiles, and nothing is taken that is not declared.

import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Check } from 'typebox/value';
import { isErrorCode } from '../errors.ts';
import type { EventDefinition, MethodDefinition } from './define.ts';
import { documentKinds, events, isMethodName, methods, roles, subscribableEvents } from './index.ts';

const methodRows = Object.entries<MethodDefinition>(methods);
const eventRows = Object.entries<EventDefinition>(events);
const NAME = /^[a-z]+\.[a-z]+([A-Z][a-z]+)*$/;
/** What every input may be asked with; each has a field or more that it must have. */
const STRANGERS = [null, undefined, 0, '', [], 'text', true, Number.NaN, new Uint8Array(3)];

test('method names and event names are `area.name`, short enough to travel, and of one kind only', () => {
  for (const name of [...Object.keys(methods), ...Object.keys(events)]) {
    expect(name).toMatch(NAME);
    expect(name.length).toBeLessThanOrEqual(64);
  }
  for (const name of Object.keys(events)) expect(isMethodName(name)).toBe(false);
  for (const name of ['toString', '__proto__', 'constructor', '', 'items', 'items.get ']) {
    expect(isMethodName(name)).toBe(false);
  }
});

test.each(methodRows)('%s: errors, roles, deadline and meaning', (name, row) => {
  for (const code of row.errors) expect(isErrorCode(code)).toBe(true);
  expect(new Set(row.errors).size).toBe(row.errors.length);
  for (const role of row.roles) expect(roles).toContain(role);
  expect(row.roles.length > 0).toBe(row.access !== 'open');
  expect(row.deadlineMs).toBeGreaterThan(0);
  expect(row.meaning).toMatch(/^[A-Z].*\.$/);
  // Nobody is locked out of what he administers.
  if (row.access !== 'open') expect(row.roles).toContain('admin');
  if (row.access === 'open') expect(name).toMatch(/^session\./);
});

test.each(methodRows)('%s: a write has a commandId, nothing else has one', (_name, row) => {
  expect('commandId' in row.input.properties).toBe(row.access === 'write');
  expect(row.input.required?.includes('commandId') ?? false).toBe(row.access === 'write');
});

test.each(methodRows)('%s: the input is closed, at every depth, and takes no stranger', (_name, row) => {
  const compiled = Compile(row.input);
  for (const stranger of STRANGERS) {
    expect(compiled.Check(stranger)).toBe(false);
    expect(Check(row.input, stranger)).toBe(false);
  }
  expect(compiled.Check({ notAField: 1 })).toBe(false);
  for (const schema of objectsIn(row.input)) expect(schema).toMatchObject({ additionalProperties: false });
});

test.each(methodRows)(
  '%s: the output is open, at every depth, for the fields of newer servers',
  (_name, row) => {
    const compiled = Compile(row.output);
    expect(compiled.Check(null)).toBe(false);
    for (const schema of objectsIn(row.output)) expect(schema).not.toHaveProperty('additionalProperties');
  },
);

test.each(eventRows)('event %s: params are open and compile', (_name, row) => {
  expect(Compile(row.params).Check(null)).toBe(false);
  for (const schema of objectsIn(row.params)) expect(schema).not.toHaveProperty('additionalProperties');
  expect(row.meaning).toMatch(/^[A-Z].*\.$/);
});

test.each(methodRows)('%s: every text, list and number of the input is bounded', (_name, row) => {
  for (const schema of schemasIn(row.input)) {
    const bounds = schema as {
      type?: string;
      maxLength?: number;
      pattern?: string;
      maxItems?: number;
      maximum?: number;
    };
    if (bounds.type === 'string') expect(bounds.maxLength ?? bounds.pattern).toBeDefined();
    if (bounds.type === 'array') expect(bounds.maxItems).toBeDefined();
    if (bounds.type === 'integer') expect(bounds.maximum).toBeDefined();
    // Floats never travel in params.
    expect(bounds.type).not.toBe('number');
  }
});

test('every kind of document has its six methods', () => {
  for (const kind of Object.values(documentKinds)) {
    for (const action of ['create', 'update', 'post', 'reverse', 'get', 'list']) {
      expect(isMethodName(`${kind.area}.${action}`)).toBe(true);
    }
  }
});

test('what can be subscribed to is an event', () => {
  for (const name of subscribableEvents) expect(Object.keys(events)).toContain(name);
});

test('dispatches need a customer and take no reason of an adjustment; adjustments take no partner', () => {
  const id = '019b76da-a800-7000-8000-000000000001';
  const line = { itemId: id, quantity: 1 };
  const draft = { commandId: id, lines: [line] };
  expect(Check(methods['dispatches.create'].input, { ...draft, partnerId: id })).toBe(true);
  expect(Check(methods['dispatches.create'].input, { ...draft, lines: [{ ...line, quantity: -1 }] })).toBe(
    false,
  );
  const adjustment = { commandId: id, lines: [{ ...line, quantity: -1, reason: 'broken' }] };
  expect(Check(methods['adjustments.create'].input, adjustment)).toBe(true);
  expect(Check(methods['adjustments.create'].input, { ...adjustment, partnerId: id })).toBe(false);
  expect(Check(methods['adjustments.create'].input, draft)).toBe(false);
});

/** A schema and all that it is made of. */
function schemasIn(schema: unknown): TSchema[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' ? Object.values(value as object).flatMap(schemasIn) : schemasIn(value),
  );
  return [schema as TSchema, ...inner];
}

function objectsIn(schema: TSchema): TSchema[] {
  return schemasIn(schema).filter((inner) => (inner as { type?: string }).type === 'object');
}
