// A JSON Schema of the contract in words: what a field may hold, in a line of a table.

/** What is read of a schema; the contract uses no more of JSON Schema than this. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly secret?: boolean;
}

export interface Field {
  /** `lines[].quantity` */
  readonly path: string;
  readonly words: string;
  readonly optional: boolean;
}

/** Schemas that are written out once, by their text as JSON: `Document`, `Item` and so on. */
export type NamedShapes = ReadonlyMap<string, string>;

const TIME_MAX = 8_640_000_000_000_000;
const patternWords: Readonly<Record<string, string>> = {
  '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$': 'id',
  '^[0-9a-f]{64}$': 'sha256',
};

/** Every field of an object, those inside of lists and objects too; shapes that have a name are not gone into. */
export function fieldsOf(schema: Schema, shapes: NamedShapes, prefix = ''): Field[] {
  const fields: Field[] = [];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    const optional = !(schema.required ?? []).includes(name);
    fields.push({ path, words: wordsOf(field, shapes), optional });
    fields.push(...innerFields(field, shapes, path));
  }
  return fields;
}

function innerFields(schema: Schema, shapes: NamedShapes, path: string): Field[] {
  if (shapes.has(JSON.stringify(schema))) return [];
  if (schema.items !== undefined) return innerFields(schema.items, shapes, `${path}[]`);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => innerFields(one, shapes, path));
  return fieldsOf(schema, shapes, `${path}.`);
}

/** What a value of the schema may be. */
export function wordsOf(schema: Schema, shapes: NamedShapes): string {
  const named = shapes.get(JSON.stringify(schema));
  if (named !== undefined) return named;
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((one) => (one.type === 'null' ? 'nil' : wordsOf(one, shapes))).join(' or ');
  }
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(', ');
  switch (schema.type) {
    case 'string':
      return stringWords(schema);
    case 'integer':
      return integerWords(schema);
    case 'array': {
      const atMost = schema.maxItems === undefined ? '' : ` (at most ${schema.maxItems})`;
      return `list${atMost} of ${wordsOf(schema.items ?? {}, shapes)}`;
    }
    case 'number':
      return schema.minimum === undefined ? 'number' : `number, at least ${schema.minimum}`;
    case 'boolean':
    case 'object':
      return schema.type;
    default:
      if (schema.description !== undefined) return schema.description;
      throw new Error(`no words for the schema ${JSON.stringify(schema)}`);
  }
}

function stringWords(schema: Schema): string {
  if (schema.description !== undefined) return schema.description;
  const known = patternWords[schema.pattern ?? ''];
  if (known !== undefined) return known;
  const secret = schema.secret === true ? ', secret' : '';
  if (schema.pattern !== undefined) return `text like \`${schema.pattern}\`${secret}`;
  if (schema.maxLength === undefined) return 'text';
  return `text of ${schema.minLength ?? 0} to ${schema.maxLength}`;
}

function integerWords({ minimum, maximum }: Schema): string {
  if (minimum === 0 && maximum === TIME_MAX) return 'time';
  const lowest = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const highest = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (lowest === undefined) return 'integer';
  if (highest === undefined) return `integer, at least ${lowest}`;
  return lowest === highest ? `integer ${lowest}` : `integer ${lowest} to ${highest}`;
}
