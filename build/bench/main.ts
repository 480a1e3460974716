// `npm run bench`: our speed beside what people would use instead, measured in the same run; the ratios count.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { benchBackup } from './backup.ts';
import { type BenchRow, type BenchSetting, holds } from './bench.ts';
import { benchDashboard } from './dashboard.ts';
import { benchImport } from './import.ts';
import { benchMemory } from './memory.ts';
import { benchReads } from './reads.ts';
import { benchRestart } from './restart.ts';
import { benchSaves } from './saves.ts';

const benches: Readonly<Record<string, (setting: BenchSetting) => Promise<BenchRow[]>>> = {
  saves: benchSaves,
  reads: benchReads,
  restart: benchRestart,
  memory: benchMemory,
  import: benchImport,
  backup: benchBackup,
  dashboard: benchDashboard,
};
/** They take many minutes, or need a browser: run only when they are named. */
const slow = ['backup', 'dashboard'];

const program = new Command('npm run bench --')
  .description('Measures Masala beside its peers and prints both figures and their ratio')
  .argument(
    '[names...]',
    `which benches: ${Object.keys(benches).join(', ')}; all but ${slow.join(', ')} when none is named`,
  )
  .option('--rounds <n>', 'how often ours and the peers take turns', wholeNumber, 5)
  .option('--json', 'print the rows as JSON');
program.parse();

const { rounds, json } = program.opts<{ rounds: number; json?: true }>();
const names =
  program.args.length > 0 ? program.args : Object.keys(benches).filter((name) => !slow.includes(name));
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0)
  program.error(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'masala-bench-'));
const root = fileURLToPath(new URL('../..', import.meta.url));
const rows: BenchRow[] = [];
try {
  for (const name of names) {
    const own = join(folder, name);
    mkdirSync(own);
    const say = (progress: string) => process.stderr.write(`${progress}\n`);
    rows.push(...((await benches[name]?.({ folder: own, rounds, root, say })) ?? []));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(json === true ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
process.exitCode = rows.every((row) => holds(row) !== false) ? 0 : 1;

function table(all: readonly BenchRow[]): string {
  const cells = all.map((row) => [
    row.name,
    `${figure(row.ours)} ${row.unit}`,
    `${figure(row.peer)} ${row.unit}`,
    row.peerName,
    row.ratio.toFixed(2),
    demand(row),
  ]);
  const head = ['what', 'Masala', 'peer', 'which', 'ratio', 'demanded'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((cell) => cell[column]?.length ?? 0)),
  );
  const line = (cell: readonly string[]) =>
    cell.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ');
  const machine = `Node ${process.versions.node}, ${cpus().length} cores, ${process.platform}`;
  return `${[line(head), ...cells.map(line), '', machine].join('\n')}\n`;
}

function figure(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value);
}

function demand(row: BenchRow): string {
  if (row.demanded === undefined) return 'reported';
  const bound = 'atLeast' in row.demanded ? `>= ${row.demanded.atLeast}` : `<= ${row.demanded.atMost}`;
  return `${bound}: ${holds(row) === true ? 'holds' : 'DOES NOT HOLD'}`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1');
  return value;
}
