// The part of JSON Schema that the control contract is written in, its check, and the types that follow from it.
//
// The schemas are plain literals: typebox gives their types at compile time, and at run time it is not loaded here.
// Its import costs 30 MB of resident memory and 0.2 s, the supervisor is the process that has to stay small, and
// both ends have proved that they are ours before anything is checked.

import type { Static } from 'typebox';

export type Schema = {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null';
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxLength?: number;
};

/** The TypeScript type of what fits a schema. */
export type Fitting<S extends Schema> = Static<S>;

/**
 * What keeps a value from fitting, as a sentence that names the place; undefined when it fits. Fields that the
 * schema does not know are allowed: a newer program may send them.
 */
export function misfit(schema: Schema, value: unknown, at = 'params'): string | undefined {
  if (schema.anyOf !== undefined) {
    const fits = schema.anyOf.some((option) => misfit(option, value, at) === undefined);
    return fits ? undefined : `${at} fits none of its forms`;
  }
  if (schema.enum !== undefined) {
    const fits = schema.enum.some((option) => option === value);
    return fits ? undefined : `${at} must be one of ${schema.enum.join(', ')}`;
  }
  switch (schema.type) {
    case 'object':
      return objectMisfit(schema, value, at);
    case 'array':
      return arrayMisfit(schema, value, at);
    case 'string':
      if (typeof value !== 'string') return `${at} must be a text`;
      return value.length > (schema.maxLength ?? Number.POSITIVE_INFINITY) ? `${at} is too long` : undefined;
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : `${at} must be a whole number`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${at} must be true or false`;
    case 'null':
      return value === null ? undefined : `${at} must be null`;
    case undefined:
      return undefined;
  }
}

function objectMisfit(schema: Schema, value: unknown, at: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} must be an object`;
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) return `${at}.${name} is missing`;
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    const problem = misfit(field, (value as Record<string, unknown>)[name], `${at}.${name}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function arrayMisfit(schema: Schema, value: unknown, at: string): string | undefined {
  if (!Array.isArray(value)) return `${at} must be a list`;
  if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) return `${at} has too many entries`;
  for (const [index, entry] of value.entries()) {
    const problem = schema.items === undefined ? undefined : misfit(schema.items, entry, `${at}[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
