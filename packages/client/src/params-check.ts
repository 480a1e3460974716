// Checks params before they are sent: a bad value is told to its caller at once and can never be repeated for ever.

import {
  definitionOf,
  type FieldProblem,
  limits,
  MasalaError,
  type MethodName,
  problemsOf,
} from '@masala/protocol';

/** Throws PARAMS_INVALID with `data.problems` unless the server would accept these params. */
export function checkParams(method: MethodName, params: unknown): void {
  const bad = untransportable(params, '', 0);
  const problems = bad === undefined ? problemsOf(definitionOf(method).input, params) : [bad];
  if (problems.length > 0) throw new MasalaError('PARAMS_INVALID', { method, problems });
}

/** The first value that does not survive the journey: msgpack has no name for it, or another machine reads another value. */
function untransportable(value: unknown, field: string, depth: number): FieldProblem | undefined {
  if (depth > limits.messageDepthMax) return { field: field.slice(0, 100), reason: 'is nested too deep' };
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : { field, reason: 'has half a character (a lone surrogate)' };
    case 'number':
      if (Object.is(value, -0))
        return { field, reason: 'is negative zero, which not every machine tells from 0' };
      return Number.isInteger(value) && !Number.isSafeInteger(value)
        ? { field, reason: 'is too large to be exact' }
        : Number.isFinite(value)
          ? undefined
          : { field, reason: 'is not a number' };
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'object':
      break;
    default:
      return { field, reason: `must not be a ${typeof value}` };
  }
  if (value === null || value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return firstOf(value.entries(), (index) => `${field}[${index}]`, depth);
  const name = (key: string) => (field === '' ? key : `${field}.${key}`);
  return firstOf(Object.entries(value), name, depth);
}

function firstOf<Key extends string | number>(
  entries: Iterable<[Key, unknown]>,
  name: (key: Key) => string,
  depth: number,
): FieldProblem | undefined {
  for (const [key, value] of entries) {
    const bad = untransportable(key, name(key), depth) ?? untransportable(value, name(key), depth + 1);
    if (bad !== undefined) return bad;
  }
  return undefined;
}
