// What `describeIf` does is seen from outside: a small test file is run by a jest of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Runs a group that needs a missing program (and one that needs nothing), with the given environment. */
function runGroups(environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'masala-requires-'));
  try {
    writeFileSync(
      join(folder, 'groups.test.ts'),
      `import { describeIf, program } from '${join(import.meta.dirname, 'requires.ts')}';
       describeIf(program('no-such-program'), 'the group', () => { test('inside', () => {}); });
       const optional = { name: 'what cannot be had', isMet: () => false, isOptional: true };
       describeIf(optional, 'the other', () => { test('inside', () => {}); });
       describeIf([], 'needs nothing', () => { test('runs', () => {}); });`,
    );
    const config = {
      rootDir: folder,
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': join(root, 'build/jest-transform.mjs') },
      reporters: ['default', join(root, 'build/summary-reporter.mjs')],
    };
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
    const run = spawnSync(
      process.execPath,
      ['--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js'), '--rootDir', folder],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, MASALA_REQUIRE: '', ...environment } },
    );
    return {
      status: run.status,
      text: run.stdout + run.stderr,
      lastLine: run.stdout.trimEnd().split('\n').pop(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a group whose requirement is missing is skipped and says why', () => {
  const run = runGroups({});
  expect(run.lastLine).toBe('1 passed, 0 failed, 2 skipped');
  expect(run.text).toContain('skipped: the group: needs no-such-program');
  expect(run.status).toBe(0);
});

test('with MASALA_REQUIRE=all the skip is a failure', () => {
  const run = runGroups({ MASALA_REQUIRE: 'all' });
  // What cannot be had is skipped, and says so, also there.
  expect(run.lastLine).toBe('1 passed, 1 failed, 1 skipped');
  expect(run.text).toContain('skipped: the other: needs what cannot be had');
  expect(run.text).toContain('MASALA_REQUIRE=all allows no skip');
  expect(run.status).toBe(1);
});
