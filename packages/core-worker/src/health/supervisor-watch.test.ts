// The core without its supervisor: it serves on, starts one within the budget, and leaves it where it is not wanted.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUPERVISOR_STARTS_MAX, writeRunFile } from '@masala/protocol/control';
import { temporaryDataDir } from '../testing/core-under-test.ts';
import { SupervisorWatch } from './supervisor-watch.ts';

const ABSENCE_MS = 100;
const flags = { host: null, port: null, discoveryPort: null, set: [] };

let dataDir: string;
let program: string;
let end: AbortController;
let running: Promise<void>;
let lines: string[];
beforeEach(() => {
  dataDir = temporaryDataDir();
  mkdirSync(join(dataDir, 'logs'));
  program = join(dataDir, 'supervisor.mjs');
  // Stands for a supervisor: writes down how it was called, and ends.
  writeFileSync(
    program,
    `import { appendFileSync } from 'node:fs';
     appendFileSync(${JSON.stringify(join(dataDir, 'calls'))}, JSON.stringify(process.argv.slice(2)) + '\\n');`,
  );
  end = new AbortController();
  lines = [];
});
afterEach(async () => {
  end.abort();
  await running;
  rmSync(dataDir, { recursive: true, force: true });
});

function begin(mayRevive = () => true, bounded = true): SupervisorWatch {
  const log = (event: string) => void lines.push(event);
  const watch = new SupervisorWatch({
    dataDir,
    program,
    absenceMs: ABSENCE_MS,
    bounded,
    mayRevive,
    now: Date.now,
    log,
  });
  running = watch.run(end.signal);
  return watch;
}

function want(wanted: 'running' | 'stopped', supervisorStarts: number[] = []): void {
  writeRunFile(dataDir, 'wanted.json', { wanted, flags, deaths: [], lastDeath: null, supervisorStarts });
}

function calls(): string[] {
  try {
    return readFileSync(join(dataDir, 'calls'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // none yet
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Several times the absence: whatever would have been started by now was. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 8 * ABSENCE_MS));

test('when none attaches one is started, to adopt this core', async () => {
  want('running');
  begin();
  await until(() => calls().length > 0);
  expect(JSON.parse(calls()[0] ?? '')).toEqual(['--data-dir', dataDir, '--adopt']);
  expect(lines).toContain('core.supervisor.started');
});

test('an attached one is left alone; when it goes another is started', async () => {
  want('running');
  const watch = begin();
  const gone = Promise.withResolvers<void>();
  watch.attach(4_711, gone.promise);
  await aWhile();
  expect(lines).toEqual(['core.supervisor.attached']);
  gone.resolve();
  await until(() => lines.includes('core.supervisor.started'));
  expect(lines[1]).toBe('core.supervisor.lost');
});

test('none is started where the server is wanted stopped, or the core may not', async () => {
  want('stopped');
  begin();
  await aWhile();
  expect(lines).toEqual([]);
  end.abort();
  await running;
  want('running');
  end = new AbortController();
  begin(() => false);
  await aWhile();
  expect(lines).toEqual([]);
});

test('five in ten minutes, those of earlier processes included; then it says so, once, and waits', async () => {
  want('running', [Date.now() - 3_000, Date.now() - 2_000]);
  begin();
  await until(() => lines.includes('core.supervisor.budget-spent'));
  await aWhile();
  const started = lines.filter((line) => line === 'core.supervisor.started');
  expect(started).toHaveLength(SUPERVISOR_STARTS_MAX - 2);
  expect(lines.filter((line) => line === 'core.supervisor.budget-spent')).toHaveLength(1);
});

test('where deaths have no limit, revivals have none', async () => {
  want(
    'running',
    Array.from({ length: SUPERVISOR_STARTS_MAX }, () => Date.now()),
  );
  begin(() => true, false);
  await until(() => lines.filter((line) => line === 'core.supervisor.started').length === 2);
});

test('while one is on its way no second is started', async () => {
  want('running');
  writeFileSync(program, 'setTimeout(() => process.exit(), 1_500);');
  begin();
  await until(() => lines.includes('core.supervisor.started'));
  await aWhile();
  expect(lines).toEqual(['core.supervisor.started']);
  await until(() => lines.length === 2);
});
