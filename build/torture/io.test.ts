// A slice of the io campaign for every run of the tests, and the proof that it finds what it is there to find.
import { cCompiler, describeIf, linux } from '../testing/requires.ts';
import { type CallKind, callKinds } from './faults/layer.ts';
import { runIoCampaign } from './io.ts';
import { type CallCounts, caseNamed, casesOf, failingCallsOf, ioSeries, nameOf } from './io-plan.ts';

/** A case takes three seconds on a quiet machine, and twenty on one that is busy with everything else. */
const TIMEOUT_MS = 900_000;
const slice = { workers: 2, only: '', files: undefined, plant: undefined, keepFailed: true };

describeIf([linux, cCompiler], 'failing file calls', () => {
  test(
    'nothing acknowledged is lost, and the server comes back once the disk is well',
    async () => {
      const seed = Math.floor(Math.random() * 1_000_000);
      const result = await runIoCampaign({ ...slice, cases: 3, seed });
      const { failures } = result;
      // Each failure has the name of its case: npm run torture -- io --only NAME
      expect({ seed, failures }).toEqual({ seed, failures: [] });
      expect(result).toMatchObject({ passed: true, cases: 3, lost: 0, doubled: 0, damageUndetected: 0 });
      expect(result.endsHealed.stopped).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'an answer in spite of a failed commit is found',
    async () => {
      // A start makes six syncs, each save one, and checkpoint and backup some beside them: one of these numbers meets the
      // first or the second save.
      let lost = 0;
      for (const number of [8, 7, 9, 10, 11, 6, 12]) {
        const only = nameOf({ scene: 'service', kind: 'sync', code: 'EIO', manner: 'on', number });
        const hunt = { ...slice, workers: 1, cases: undefined, seed: 1, only, keepFailed: false };
        ({ lost } = await runIoCampaign({ ...hunt, plant: 'answer-after-failed-commit' }));
        if (lost > 0) break;
      }
      expect(lost).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe('the plan', () => {
  const none = Object.fromEntries(callKinds.map((kind) => [kind, 0])) as Record<CallKind, number>;

  test('has each call of each kind once and from then on, in every scene, with every error that it can give', () => {
    const counts: CallCounts = { first: { ...none, write: 2 }, service: { ...none, read: 3 } };
    const cases = casesOf(ioSeries, counts);
    expect(cases.map(nameOf)).toEqual([
      ...['EIO/once', 'EIO/on', 'ENOSPC/once', 'ENOSPC/on'].flatMap((way) => [
        `first/write/${way}/1`,
        `first/write/${way}/2`,
      ]),
      ...['once', 'on'].flatMap((manner) =>
        [1, 2, 3].map((number) => `service/read/EIO/${manner}/${number}`),
      ),
    ]);
    for (const one of cases) expect(caseNamed(nameOf(one))).toEqual(one);
    expect(caseNamed('service/write')).toBeUndefined();
  });

  test('lets one call fail, or all from it on', () => {
    const one = caseNamed('first/write/EIO/once/7');
    if (one === undefined) throw new Error('that is the name of a case');
    expect(failingCallsOf(one)).toEqual({ kind: 'write', code: 'EIO', from: 7, to: 7 });
    const forever = failingCallsOf({ ...one, manner: 'on' });
    expect(forever).toEqual({ kind: 'write', code: 'EIO', from: 7, to: Number.MAX_SAFE_INTEGER });
  });
});
