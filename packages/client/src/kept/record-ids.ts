// Records that are booked again get new ids: which old one became which new one, and commands that name them. Pure rules.

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The ids that stand in both answers of one command at the same place and differ, as pairs of old and new. */
export function changedIds(before: unknown, after: unknown): [before: string, after: string][] {
  if (typeof before === 'string' && typeof after === 'string') {
    return before !== after && ID.test(before) && ID.test(after) ? [[before, after]] : [];
  }
  if (!isComposite(before) || !isComposite(after)) return [];
  const present = after as Readonly<Record<string, unknown>>;
  return Object.entries(before).flatMap(([name, field]) => changedIds(field, present[name]));
}

/** A copy of a value in which every text that is exactly an old id is the new one. */
export function replaceIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((element) => replaceIds(element, ids));
  if (!isComposite(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, replaceIds(field, ids)]));
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
