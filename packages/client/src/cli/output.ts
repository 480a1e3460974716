// What `masala` says: results on stdout, for people or as JSON; problems and progress on stderr.

import { MasalaError } from '@masala/protocol';

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printText(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A remark beside the result: progress, warnings. */
export function remark(text: string): void {
  process.stderr.write(`masala: ${text}\n`);
}

/** Tells a failure: what happened, what it means, what to do. Anything but a MasalaError is a fault and thrown on. */
export function printError(error: unknown, json: boolean): void {
  if (!(error instanceof MasalaError)) throw error;
  const { code, message, hint, data, incidentId } = error;
  if (json) return printJson({ error: { code, message, hint, data, incidentId } });
  const lines = [`masala: ${message} (${code})`];
  if (data !== undefined) {
    for (const [name, value] of Object.entries(data)) lines.push(`  ${name}: ${detail(value)}`);
  }
  if (incidentId !== undefined) lines.push(`  incident: ${incidentId}`);
  lines.push(`  What to do: ${hint}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** A value of an error's data: a problem as a sentence, everything else as short JSON. */
function detail(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const entries = value.map((entry: unknown) => {
    const isProblem = typeof entry === 'object' && entry !== null && 'field' in entry && 'reason' in entry;
    return isProblem ? `${entry.field || '(params)'} ${entry.reason}` : detail(entry);
  });
  return entries.length === 1 ? String(entries[0]) : entries.map((entry) => `\n    ${entry}`).join('');
}

/** A result for people: a list as a table with what stands beside it below; everything else as indented JSON. */
export function describeResult(result: unknown): string {
  const fields = Object.entries((result ?? {}) as Record<string, unknown>);
  const lists = fields.filter(([, value]) => Array.isArray(value) && value.every(isRow));
  const [name, rows] = lists[0] ?? [];
  if (lists.length !== 1 || fields.some(([key, value]) => key !== name && !isScalar(value))) {
    return JSON.stringify(result, null, 2);
  }
  const beside = fields.filter(([key, value]) => key !== name && value !== null);
  const table = (rows as Row[]).length === 0 ? `no ${name}` : describeTable(rows as Row[]);
  return [table, ...beside.map(([key, value]) => `${key}: ${value}`)].join('\n');
}

type Row = Readonly<Record<string, unknown>>;

/** Rows as aligned columns under their names; numbers to the right. Empty columns are left out. */
export function describeTable(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => (row[name] ?? null) !== null));
  const columns = names.map((name) => {
    const cells = rows.map((row) => cell(name, row));
    const width = Math.max(name.length, ...cells.map((text) => text.length));
    const right = rows.every((row) => typeof (row[name] ?? 0) === 'number');
    return [name, ...cells].map((text) => (right ? text.padStart(width) : text.padEnd(width)));
  });
  const lines = [names, ...rows].map((_, line) =>
    columns
      .map((column) => column[line])
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** Times as dates, and quantities with the point that the item's decimals put into them. */
function cell(name: string, row: Row): string {
  const value = row[name];
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' && (name === 'at' || name.endsWith('At')))
    return new Date(value).toISOString();
  const decimals = row['decimals'];
  if (name === 'quantity' && typeof value === 'number' && typeof decimals === 'number') {
    return withPoint(value, decimals);
  }
  return typeof value === 'object' ? JSON.stringify(value) : printable(String(value));
}

/** 1500 with 3 decimals is 1.500; by text, since dividing would round what is large. */
function withPoint(quantity: number, decimals: number): string {
  if (decimals === 0) return String(quantity);
  const digits = String(Math.abs(quantity)).padStart(decimals + 1, '0');
  return `${quantity < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** What comes from others must not move the terminal's cursor or colour it. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '·');
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
