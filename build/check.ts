// `npm run check`: everything that judges the source without running it, side by side, one line for each step.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  /** What Node runs: a script and its arguments, relative to the root. */
  readonly run: readonly string[];
}

/** The script behind a package's command. */
function command(packageName: string, name: string): string {
  const folder = join('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return join(folder, bin[name]);
}

const steps: readonly Step[] = [
  // Warnings fail too: a rule is either meant or switched off in biome.json.
  {
    name: 'format, lint, import law (biome)',
    run: [command('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '--max-diagnostics=100'],
  },
  { name: 'types (tsc)', run: [command('typescript', 'tsc'), '-p', 'tsconfig.json'] },
  {
    name: 'types of the page (tsc)',
    run: [command('typescript', 'tsc'), '-p', 'packages/ui/src/renderer/tsconfig.json'],
  },
  { name: 'lockfile', run: ['build/lockfile-complete.mjs'] },
  { name: 'generated parts of the documents', run: ['build/docs/check.ts'] },
];

/** Runs one step and prints its line as soon as it ends, with its words where it failed. */
function passes(step: Step): Promise<boolean> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, step.run, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      const elapsedS = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${step.name}, ${elapsedS} s`);
      if (code !== 0) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}

const results = await Promise.all(steps.map(passes));
if (results.includes(false)) process.exitCode = 1;
