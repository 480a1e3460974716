// What keeps a value from fitting a schema of the contract, field by field: for PARAMS_INVALID and IMPORT_MAP_INVALID.

import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** One field that does not fit: where (`lines[2].quantity`; empty: the value itself) and what it must be. */
export type FieldProblem = {
  readonly field: string;
  readonly reason: string;
};

/** Ten problems are more than a person mends at once, and a hostile value could have a million. */
const PROBLEMS_MAX = 10;

/** Made at a schema's first use: a document's takes 4 ms once, and its checks then 4 µs instead of 70. */
const validators = new WeakMap<TSchema, Validator>();

/** What is wrong with a value; empty when it fits. Works, slower, where `new Function` is forbidden (a page's CSP). */
export function problemsOf(schema: TSchema, value: unknown): FieldProblem[] {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return [];
  const problems: FieldProblem[] = [];
  for (const error of validator.Errors(value)) {
    // An unknown field is told once more, by its own path, as "schema is false".
    if (error.keyword === 'additionalProperties' || error.keyword === 'anyOf') continue;
    const reason = error.keyword === 'boolean' ? 'is not a field of this call' : error.message;
    const values = error.keyword === 'enum' ? `: ${error.params.allowedValues.join(', ')}` : '';
    problems.push({ field: fieldName(error.instancePath), reason: reason + values });
    if (problems.length === PROBLEMS_MAX) break;
  }
  return problems.length > 0 ? problems : [{ field: '', reason: 'does not fit its schema' }];
}

function validatorOf(schema: TSchema): Validator {
  const made = validators.get(schema);
  if (made !== undefined) return made;
  const validator: Validator = Compile(schema);
  validators.set(schema, validator);
  return validator;
}

/** A name that somebody made up must not blow an answer up. */
const FIELD_MAX_LENGTH = 200;

/** `/lines/2/quantity` as `lines[2].quantity`. */
function fieldName(pointer: string): string {
  const field = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '');
  return field.slice(0, FIELD_MAX_LENGTH);
}
