// Params against their schemas; the only file of the core that loads typebox.

import { definitionOf, MasalaError, type MethodName } from '@masala/protocol';
import { Compile, type Validator } from 'typebox/compile';

/** Whoever sent it mends the first ones first; a thousand bad lines need not be listed. */
const PROBLEMS_MAX = 20;
/** A name that somebody made up must not blow the answer up. */
const PATH_MAX_LENGTH = 200;

export interface ParamsProblem {
  /** Where, as a JSON pointer: `/lines/0/quantity`; empty for the params themselves. */
  readonly path: string;
  readonly reason: string;
}

/** Made at a method's first call: all 47 at the start would take 16 ms of every restart, one takes 0.3 ms. */
const validators = new Map<MethodName, Validator>();

/** Throws PARAMS_INVALID with `data.problems` unless the params fit the method's schema. */
export function validateParams(
  method: MethodName,
  params: unknown,
): asserts params is Record<string, unknown> {
  const validator = validatorOf(method);
  if (validator.Check(params)) {
    const problem = oddity(params, '');
    if (problem === undefined) return;
    throw new MasalaError('PARAMS_INVALID', { problems: [problem] });
  }
  throw new MasalaError('PARAMS_INVALID', { problems: problemsOf(validator, params) });
}

function validatorOf(method: MethodName): Validator {
  const made = validators.get(method);
  if (made !== undefined) return made;
  const validator: Validator = Compile(definitionOf(method).input);
  validators.set(method, validator);
  return validator;
}

function problemsOf(validator: Validator, params: unknown): ParamsProblem[] {
  const problems: ParamsProblem[] = [];
  for (const error of validator.Errors(params)) {
    // The object's own error names the same fields once more.
    if (error.keyword === 'additionalProperties') continue;
    const reason = error.keyword === 'boolean' ? 'is not a field of this method' : error.message;
    problems.push({ path: error.instancePath.slice(0, PATH_MAX_LENGTH), reason });
    if (problems.length === PROBLEMS_MAX) break;
  }
  return problems;
}

/**
 * What fits its schema and is refused all the same: -0, which another language would keep apart from 0 and a digest would
 * not, and half a surrogate pair, which has no UTF-8 form. Params of a schema are nested only so deep.
 */
function oddity(value: unknown, path: string): ParamsProblem | undefined {
  if (typeof value === 'number') {
    return Object.is(value, -0) ? { path, reason: 'must not be negative zero' } : undefined;
  }
  if (typeof value === 'string') {
    return value.isWellFormed() ? undefined : { path, reason: 'must be well-formed text' };
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  for (const key in value) {
    const problem = oddity((value as Record<string, unknown>)[key], `${path}/${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
