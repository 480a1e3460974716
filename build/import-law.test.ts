// The import law as the linter sees it: files that break it, and files that keep it, in a folder laid out like ours.
// Needed because a faulty pattern in biome.json or import-law.grit makes no noise: it finds nothing any more.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { bin } = JSON.parse(readFileSync(join(root, 'node_modules/@biomejs/biome/package.json'), 'utf8'));
const biome = join(root, 'node_modules/@biomejs/biome', bin.biome);

/** A file, named once in its list, and what it imports. */
type Case = readonly [file: string, source: string];

const breaksLawOne: Case[] = [
  ...['core-worker', 'supervisor', 'ui'].flatMap((program) =>
    ['protocol', 'client', 'core-worker', 'supervisor', 'ui'].map(
      (importer): Case => [`packages/${importer}/src/start-${program}.ts`, `import '@masala/${program}';`],
    ),
  ),
  ['build/bench/main.ts', `import '@masala/core-worker/src/core.ts';`],
  ['packages/protocol/src/beacon.ts', `import '@masala/client';`],
  ['packages/protocol/src/wire/frame.ts', `import '@masala/protocol';`],
  ['packages/core-worker/src/core.ts', `import { connect } from '@masala/client'; connect();`],
  [
    'packages/supervisor/src/main.ts',
    `import type { Client } from '@masala/client'; export type C = Client;`,
  ],
  ['packages/client/src/calls.ts', `import '@masala/protocol/control';`],
  ['packages/client/src/ipc.ts', `import 'node-ipc';`],
  ['packages/ui/src/renderer/page.ts', `import '@masala/protocol/control';`],
  ['packages/ui/src/electron/main.ts', `import '@masala/supervisor';`],
  ['packages/core-worker/src/deep.ts', `import '@masala/protocol/src/errors.ts';`],
  ['packages/core-worker/src/rpc/far.ts', `import '../../../protocol/src/errors.ts';`],
  ['packages/supervisor/src/near.ts', `import '../../core-worker/src/core.ts';`],
  ['packages/client/src/sync.ts', `export const core = await import('../../core-worker/src/core.ts');`],
  ['packages/client/src/cross.test.ts', `import '../../core-worker/src/core.ts';`],
  ['packages/protocol/src/control/far.ts', `import '../../../client/src/index.ts';`],
  ['packages/ui/src/renderer/floor/far.ts', `import '../../../../client/src/index.ts';`],
];

const breaksLawTwo: Case[] = [
  ['packages/core-worker/src/store/reader.ts', `import Database from 'better-sqlite3'; new Database('');`],
  ['packages/core-worker/src/store/lazy.ts', `export const library = await import('better-sqlite3');`],
  ['packages/core-worker/src/jobs/queue.ts', `import { Piscina } from 'piscina'; new Piscina();`],
  ['packages/core-worker/src/imports/rows.ts', `import { parse } from 'csv-parse/sync'; parse('');`],
  ['packages/core-worker/src/access/devices.ts', `import '@peculiar/x509';`],
  ['packages/protocol/src/control/channel.ts', `import ipc from 'node-ipc'; ipc();`],
  ['packages/supervisor/src/control-server.ts', `import ipc from 'node-ipc'; ipc();`],
  ['packages/protocol/src/wire/framing.ts', `import { pack } from 'msgpackr'; pack(1);`],
  ['packages/supervisor/src/main.ts', `import koffi from 'koffi'; koffi();`],
  ['packages/core-worker/src/core.ts', `import { pino } from 'pino'; pino();`],
  ['packages/supervisor/src/rotate.ts', `export * from 'rotating-file-stream';`],
  ['packages/core-worker/src/rpc/dispatch.ts', `import { Compile } from 'typebox/compile'; Compile();`],
];

const keepsTheLaw: Case[] = [
  ['packages/core-worker/src/store/sqlite.ts', `import Database from 'better-sqlite3'; new Database('');`],
  [
    'packages/core-worker/src/store/reader.ts',
    `import type { Database } from 'better-sqlite3'; export type D = Database;`,
  ],
  [
    'packages/core-worker/src/store/reader.test.ts',
    `import Database from 'better-sqlite3'; new Database('');`,
  ],
  ['packages/core-worker/src/store/pool.ts', `import { Piscina } from 'piscina'; new Piscina();`],
  ['packages/core-worker/src/imports/csv.ts', `import { parse } from 'csv-parse'; parse('');`],
  ['packages/core-worker/src/access/identity.ts', `import '@peculiar/x509';`],
  ['packages/core-worker/src/flock.ts', `import koffi from 'koffi'; koffi();`],
  [
    'packages/core-worker/src/core.ts',
    `import '@masala/protocol'; import '@masala/protocol/control'; import './log.ts';`,
  ],
  ['packages/core-worker/src/log.ts', `import { pino } from 'pino'; import 'rotating-file-stream'; pino();`],
  ['packages/supervisor/src/instance-lock/mutex.ts', `import koffi from 'koffi'; koffi();`],
  ['packages/supervisor/src/cli/masala-server.ts', `import '@masala/protocol/control'; import '../main.ts';`],
  ['packages/protocol/src/control/endpoint.ts', `import ipc from 'node-ipc'; ipc();`],
  ['packages/protocol/src/wire/codec.ts', `import { pack } from 'msgpackr'; import '../limits.ts'; pack(1);`],
  ['packages/protocol/src/contract/define.ts', `import Type from 'typebox'; Type();`],
  [
    'packages/client/src/index.ts',
    `import '@masala/protocol'; import './calls.ts'; import '../package.json';`,
  ],
  ['packages/ui/src/renderer/page.ts', `import '@masala/client'; import '@masala/protocol';`],
  ['packages/ui/src/electron/main.ts', `import '@masala/client'; import '@masala/protocol/control';`],
  ['build/torture/main.ts', `import '@masala/client'; import '@masala/protocol/control';`],
];

/** What the linter says about the law, by file; empty where it says nothing. */
function verdicts(cases: readonly Case[]): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'masala-import-law-'));
  try {
    for (const file of ['biome.json', 'build/import-law.grit']) cpSync(join(root, file), join(folder, file));
    for (const [file, source] of cases) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${source}\n`);
    }
    const args = ['lint', '--reporter=github', '--max-diagnostics=none'];
    const run = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: 'utf8' });
    // A plugin that fails says so with its own name and without a law's, as a mere notice.
    const lines = run.stdout.split('\n').filter((line) => /LAW|import-law|noRestrictedImports/.test(line));
    return new Map(
      cases.map(([file]) => [file, lines.filter((line) => line.includes(`/${file},`)).join('\n')]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each([
  ['LAW 1', breaksLawOne],
  ['LAW 2', breaksLawTwo],
] as const)('a breach of %s is reported by its name, in each way to commit it', (law, cases) => {
  for (const [file, verdict] of verdicts(cases)) {
    expect({ file, verdict }).toEqual({ file, verdict: expect.stringContaining(law) });
  }
});

test('what keeps the law is left in peace', () => {
  for (const [file, verdict] of verdicts(keepsTheLaw))
    expect({ file, verdict }).toEqual({ file, verdict: '' });
});
