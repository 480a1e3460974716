// A slice of the recover campaign for every run of the tests, and the proof that it finds what it is there to find.
import { runRecoverCampaign } from './recover.ts';
import { planRecovery, recoveryKinds } from './recover-plan.ts';

/** Half a minute on a quiet machine. */
const TIMEOUT_MS = 900_000;

test(
  'a recovery, killed in the middle: it ends with what it promises',
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000);
    // Another kind each time; the campaign itself meets them all.
    const only = 1 + (seed % recoveryKinds.length);
    const options = { cases: 1, seed, only, plant: undefined, keepFailed: true };
    const { failures, replay, report } = await runRecoverCampaign(options);
    expect({ replay, seed, failures }).toEqual({ replay: null, seed, failures: [] });
    expect(report.cases).toBe(1);
    expect(report.kills).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

test(
  'a planted bug is found: damaged files that are deleted',
  async () => {
    const options = {
      cases: 1,
      seed: 1,
      only: undefined,
      plant: 'no-quarantine',
      keepFailed: false,
    } as const;
    const { passed, failures } = await runRecoverCampaign(options);
    expect(passed).toBe(false);
    expect(failures.join()).toContain('a damaged file is not in quarantine');
  },
  TIMEOUT_MS,
);

test('the kinds take turns, and a seed plans the same kills again', () => {
  const plans = recoveryKinds.map((_, number) => planRecovery(5, number));
  expect(new Set(plans.map(({ kind }) => kind.name)).size).toBe(recoveryKinds.length);
  expect(recoveryKinds.map((_, number) => planRecovery(5, number))).toEqual(plans);
  expect(planRecovery(6, 0)).not.toEqual(plans[0]);
});
