// What the contract marks as secret is never written to the disk of a desktop. A pure rule.

interface SchemaPart {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
}

/** A copy of a value without the fields that its schema marks `secret`, at any depth. */
export function withoutSecrets(schema: unknown, value: unknown): unknown {
  const { secret, properties, items, anyOf } = schema as SchemaPart;
  if (secret === true) return undefined;
  if (anyOf !== undefined) return anyOf.reduce((rest, each) => withoutSecrets(each, rest), value);
  if (Array.isArray(value)) {
    return items === undefined ? value : value.map((element) => withoutSecrets(items, element));
  }
  if (properties === undefined || typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => {
    const part = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, part === undefined ? field : withoutSecrets(part, field)];
  });
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}
