// Params against the schema of their method, before anything is done with them.

import { definitionOf, type FieldProblem, MasalaError, type MethodName, problemsOf } from '@masala/protocol';

/** Throws PARAMS_INVALID with `data.problems` unless the params fit the method's schema. */
export function validateParams(
  method: MethodName,
  params: unknown,
): asserts params is Record<string, unknown> {
  const problems = problemsOf(definitionOf(method).input, params);
  if (problems.length > 0) throw new MasalaError('PARAMS_INVALID', { problems });
  const odd = negativeZero(params, '');
  if (odd !== undefined) throw new MasalaError('PARAMS_INVALID', { problems: [odd] });
}

/**
 * -0 fits a schema and is refused all the same: another language would keep it apart from 0, and a digest would not. Params
 * of a schema are nested only so deep. (Text that is not well formed never gets here: the frame's guard refuses it.)
 */
function negativeZero(value: unknown, field: string): FieldProblem | undefined {
  if (Object.is(value, -0)) return { field, reason: 'must not be negative zero' };
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  const isList = Array.isArray(value);
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    // Texts, by far the most of what there is, need no name made for them.
    if (typeof part !== 'number' && typeof part !== 'object') continue;
    const problem = negativeZero(part, isList ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
