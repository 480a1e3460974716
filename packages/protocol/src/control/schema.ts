// The part of JSON Schema that the control contract is written in, its check, and the types that follow from it.
//
// The schemas are plain literals, and typebox is not loaded here: its import costs 30 MB of resident memory and 0.2 s, the
// supervisor is the process that has to stay small, and both ends have proved that they are ours before anything is checked.
// Its type of a literal schema would do, but knows all of JSON Schema: a third of the time that the types of the project take.

export type Schema = {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null';
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
};

/** The TypeScript type of what fits a schema. */
export type Fitting<S extends Schema> = S extends { readonly anyOf: readonly (infer Option extends Schema)[] }
  ? Fitting<Option>
  : S extends { readonly enum: readonly (infer Choice)[] }
    ? Choice
    : S extends { readonly type: infer Kind extends keyof Kinds<S> }
      ? Kinds<S>[Kind]
      : unknown;

interface Kinds<S extends Schema> {
  object: S extends { readonly properties: infer Fields extends Readonly<Record<string, Schema>> }
    ? FittingObject<Fields, S extends { readonly required: readonly (infer Name)[] } ? Name : never>
    : object;
  array: S extends { readonly items: infer Item extends Schema } ? Fitting<Item>[] : unknown[];
  string: string;
  integer: number;
  boolean: boolean;
  null: null;
}

type FittingObject<Fields extends Readonly<Record<string, Schema>>, Required> = {
  -readonly [Name in keyof Fields as Name extends Required ? Name : never]: Fitting<Fields[Name]>;
} & {
  -readonly [Name in keyof Fields as Name extends Required ? never : Name]?: Fitting<Fields[Name]>;
};

/** How a value can fail to fit: for a form, which has words of its own. */
export type MisfitCode = 'missing' | 'kind' | 'choice' | 'too-short' | 'too-long' | 'too-many';

export interface Misfit {
  readonly code: MisfitCode;
  /** A sentence that names the place. */
  readonly reason: string;
}

/**
 * What keeps a value from fitting a schema, as a sentence that names the place; undefined when it fits. Fields that the
 * schema does not know are allowed: a newer program may send them.
 */
export function misfit(schema: Schema, value: unknown, at = 'params'): string | undefined {
  return findMisfit(schema, value, at)?.reason;
}

/** As `misfit`, with a code; undefined when the value fits. */
export function findMisfit(schema: Schema, value: unknown, at = 'params'): Misfit | undefined {
  if (schema.anyOf !== undefined) {
    const fits = schema.anyOf.some((option) => findMisfit(option, value, at) === undefined);
    return fits ? undefined : { code: 'kind', reason: `${at} fits none of its forms` };
  }
  if (schema.enum !== undefined) {
    const fits = schema.enum.some((option) => option === value);
    return fits ? undefined : { code: 'choice', reason: `${at} must be one of ${schema.enum.join(', ')}` };
  }
  switch (schema.type) {
    case 'object':
      return objectMisfit(schema, value, at);
    case 'array':
      return arrayMisfit(schema, value, at);
    case 'string':
      return textMisfit(schema, value, at);
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : ofKind(at, 'a whole number');
    case 'boolean':
      return typeof value === 'boolean' ? undefined : ofKind(at, 'true or false');
    case 'null':
      return value === null ? undefined : ofKind(at, 'null');
    case undefined:
      return undefined;
  }
}

function ofKind(at: string, kind: string): Misfit {
  return { code: 'kind', reason: `${at} must be ${kind}` };
}

function textMisfit({ minLength, maxLength }: Schema, value: unknown, at: string): Misfit | undefined {
  if (typeof value !== 'string') return ofKind(at, 'a text');
  if (value.length < (minLength ?? 0)) return { code: 'too-short', reason: `${at} is too short` };
  if (value.length > (maxLength ?? Number.POSITIVE_INFINITY))
    return { code: 'too-long', reason: `${at} is too long` };
  return undefined;
}

function objectMisfit(schema: Schema, value: unknown, at: string): Misfit | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ofKind(at, 'an object');
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) return { code: 'missing', reason: `${at}.${name} is missing` };
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    const found = findMisfit(field, (value as Record<string, unknown>)[name], `${at}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function arrayMisfit(schema: Schema, value: unknown, at: string): Misfit | undefined {
  if (!Array.isArray(value)) return ofKind(at, 'a list');
  if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY))
    return { code: 'too-many', reason: `${at} has too many entries` };
  for (const [index, entry] of value.entries()) {
    const found = schema.items === undefined ? undefined : findMisfit(schema.items, entry, `${at}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}
