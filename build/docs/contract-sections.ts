// What docs/protocol.md says of the contract: limits, shapes, methods and events.

import {
  Document,
  DocumentHead,
  DocumentLine,
  EpochBranch,
  type EventDefinition,
  events,
  ImportMap,
  ImportReport,
  Item,
  limits,
  type MethodDefinition,
  Movement,
  methods,
  Partner,
  RefusedRow,
  roles,
  StockRow,
  subscribableEvents,
  Unit,
} from '@masala/protocol';
import { code, duration, table } from './markdown.ts';
import { type Field, fieldsOf, type NamedShapes, type Schema } from './schema-words.ts';

/** What several methods give or take: told once, in the order of the document. */
const namedSchemas: Readonly<Record<string, Schema>> = {
  EpochBranch,
  Unit,
  Item,
  Partner,
  DocumentHead,
  DocumentLine,
  Document,
  StockRow,
  Movement,
  ImportMap,
  RefusedRow,
  ImportReport,
};

const shapes: NamedShapes = new Map(
  Object.entries(namedSchemas).map(([name, schema]) => [JSON.stringify(schema), `\`${name}\``]),
);

/** The limits that a client meets, each in words. */
const clientLimits: readonly (readonly [keyof typeof limits, string])[] = [
  ['frameMaxBytes', 'bytes of a frame’s body once the device has signed in'],
  ['frameBeforeAuthenticationMaxBytes', 'bytes of a frame’s body before that'],
  ['messageDepthMax', 'levels of arrays and maps within a message, its own array being the first'],
  ['messageValuesMax', 'values in a message; arrays, maps and keys count too'],
  ['requestsInFlightPerSessionMax', 'requests of a connection that are not answered yet'],
  ['connectionsMax', 'connections in all (a setting)'],
  ['connectionsPerAddressMax', 'connections from one address (a setting; loopback is exempt)'],
  ['eventsQueuedPerSessionMax', 'events that wait for a peer that does not read'],
  ['eventItemIdsMax', 'items named in one `stock.changed`'],
  ['documentLinesMax', 'lines of a document'],
  ['lineQuantityMax', 'quantity of a line, in the item’s smallest unit'],
  ['pageRowsMax', 'rows of a page'],
  ['pageRowsDefault', 'rows of a page where no `limit` is given'],
  ['commandsAskedMax', 'command ids in one `commands.missing`'],
  ['joinCodeLifetimeMs', 'milliseconds for which a join code can be used'],
  ['joinTriesPerAddressMax', 'wrong join codes from one address'],
  ['importFileMaxBytes', 'bytes of an imported file'],
  ['importChunkBytes', 'bytes of it in one `imports.chunk`'],
  ['beaconMaxBytes', 'bytes of a datagram of discovery'],
  ['beaconAnswersPerAddressPerSecond', 'queries of one address that are answered within a second'],
];

export function limitSection(): string {
  const rows = clientLimits.map(([name, words]) => [limits[name].toLocaleString('en'), words]);
  return table(['At most', 'of'], rows);
}

export function shapeSection(): string {
  return Object.entries(namedSchemas)
    .map(([name, schema]) => {
      // Within its own table a shape is not replaced by its name.
      const others = new Map([...shapes].filter(([, named]) => named !== `\`${name}\``));
      return `#### ${name}\n\n${fieldTable(fieldsOf(schema, others))}`;
    })
    .join('\n\n');
}

export function methodSection(): string {
  return Object.entries<MethodDefinition>(methods)
    .map(([name, row]) => methodEntry(name, row))
    .join('\n\n');
}

export function eventSection(): string {
  return Object.entries<EventDefinition>(events)
    .map(([name, row]) => {
      const subscribable = (subscribableEvents as readonly string[]).includes(name);
      const how = subscribable ? 'To those who subscribed.' : 'To the connection that it concerns, unasked.';
      return `#### \`${name}\`\n\n${row.meaning} *${how}*\n\n${fieldTable(fieldsOf(row.params, shapes))}`;
    })
    .join('\n\n');
}

function methodEntry(name: string, row: MethodDefinition): string {
  const facts = [`**${row.access}**`, `deadline ${duration(row.deadlineMs)}`];
  if (row.access !== 'open') facts.push(`roles: ${rolesOf(row)}`);
  const own = row.errors.length === 0 ? 'none of its own' : row.errors.map(code).join(', ');
  return [
    `#### \`${name}\``,
    row.meaning,
    `${facts.join(' · ')}`,
    `Errors: ${own}`,
    `Params:${paramsOf(row.input)}`,
    `Result:${resultOf(row.output)}`,
  ].join('\n\n');
}

function rolesOf(row: MethodDefinition): string {
  return row.roles.length === roles.length ? 'all' : row.roles.join(', ');
}

function paramsOf(schema: Schema): string {
  const fields = fieldsOf(schema, shapes);
  return fields.length === 0 ? ' `{}`' : `\n\n${fieldTable(fields)}`;
}

function resultOf(schema: Schema): string {
  const named = shapes.get(JSON.stringify(schema));
  return named === undefined ? `\n\n${fieldTable(fieldsOf(schema, shapes))}` : ` ${named}`;
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map(({ path, words, optional }) => [
    code(path),
    optional ? `optional, ${words}` : words,
  ]);
  return table(['Field', 'Value'], rows);
}
