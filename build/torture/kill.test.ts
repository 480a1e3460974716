// A slice of the kill campaign for every run of the tests, and the proof that it finds what it is there to find.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type KillResult, runKillCampaign } from './kill.ts';
import type { KillKind } from './kill-plan.ts';
import { type PlantedBug, plant } from './planted-bugs.ts';
import { ownTree } from './server-process.ts';

/** Thirty kills take a minute on a quiet machine, and several on one that is busy with everything else. */
const SLICE_TIMEOUT_MS = 900_000;
const PLANT_TIMEOUT_MS = 300_000;

/** Few saves and few kills: as many as surely trip over the bug. */
function hunt(bug: PlantedBug, only: KillKind, kills: number, rate: number): Promise<KillResult> {
  return runKillCampaign({ kills, seed: 3, clients: 4, rate, only, plant: bug, keepFailed: false });
}

test(
  'thirty kills of every kind: nothing acknowledged is lost, nothing is booked twice',
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000);
    const options = { kills: 30, seed, clients: 4, rate: 120, only: undefined, plant: undefined };
    const { failures, report } = await runKillCampaign({ ...options, keepFailed: true });
    // The seed is in the message of a failure: npm run torture -- kill --kills 30 --seed SEED
    expect({ seed, failures }).toEqual({ seed, failures: [] });
    expect(report?.audit).toMatchObject({ lost: 0, doubled: 0, integrity: 'ok' });
    expect(Object.values(report?.killsByKind ?? {}).every((count) => count > 0)).toBe(true);
  },
  SLICE_TIMEOUT_MS,
);

describe('planted bugs are found', () => {
  test(
    'an answer before the commit',
    async () => {
      const { passed, failures, report } = await hunt('answer-before-commit', 'core', 4, 400);
      expect(passed).toBe(false);
      // The mark outside the database finds it before the audit does.
      if ((report?.audit.lost ?? 0) === 0) expect(failures.join()).toMatch(/a kill led to recovery/);
    },
    PLANT_TIMEOUT_MS,
  );

  test(
    'a retry with a new id',
    async () => {
      // A frozen core surely has commands that are asked and not answered when it is ended.
      const { passed, report } = await hunt('retry-with-new-id', 'freeze', 1, 120);
      expect(passed).toBe(false);
      expect(report?.audit.doubled).toBeGreaterThan(0);
    },
    PLANT_TIMEOUT_MS,
  );

  test(
    'an answer that is kept although its transaction is lost',
    async () => {
      const { passed, report } = await hunt('answer-after-lost-transaction', 'client', 1, 300);
      expect(passed).toBe(false);
      expect(report?.audit.lost).toBeGreaterThan(0);
    },
    PLANT_TIMEOUT_MS,
  );

  test(
    'and the full disk alone, on which that bug needs to fall, does no harm',
    async () => {
      expect(await hunt('disk-full-at-moments', 'client', 1, 300)).toMatchObject({
        passed: true,
        failures: [],
      });
    },
    PLANT_TIMEOUT_MS,
  );

  test('a bug whose text is no longer in the sources is no bug found', () => {
    const file = 'packages/client/src/calls.ts';
    expect(() => plant([{ file, from: 'no such text', to: '' }])).toThrow('has the text to replace 0 times');
  });
});

test('the command says what it knows and refuses what it does not', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(ownTree, 'build/torture/main.ts'), ...args], { encoding: 'utf8' });
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining('kill') });
  expect(run('kill', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--only KIND') });
  for (const wrong of [
    ['drown'],
    ['kill', '--only', 'cable'],
    ['kill', '--kills', '-1'],
    ['kill', '--fast'],
  ]) {
    expect(run(...wrong)).toMatchObject({ status: 2, stderr: expect.stringContaining('torture: ') });
  }
});
