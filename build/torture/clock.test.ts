// A slice of the clock campaign for every run of the tests, and the proof that it finds what it is there to find.
import { runClockCampaign } from './clock.ts';

/** Ten jumps take a quarter of a minute on a quiet machine. */
const TIMEOUT_MS = 600_000;

const options = { clients: 2, rate: 60 } as const;

test(
  'ten jumps of every kind: nothing is lost, doubled, out of order or accused',
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000);
    const run = { ...options, jumps: 10, seed, plant: undefined, keepFailed: true };
    const { failures, report } = await runClockCampaign(run);
    // The seed is in the message of a failure: npm run torture -- clock --cases 10 --seed SEED --clients 2
    expect({ seed, failures }).toEqual({ seed, failures: [] });
    expect(report?.audit).toMatchObject({ lost: 0, doubled: 0, integrity: 'ok' });
    expect(Object.values(report?.jumpsByKind ?? {}).every((count) => count > 0)).toBe(true);
  },
  TIMEOUT_MS,
);

test(
  'a planted bug is found: ids that follow the clock back',
  async () => {
    const run = { ...options, jumps: 5, seed: 1, plant: 'ids-by-the-clock', keepFailed: false } as const;
    const { passed, report } = await runClockCampaign(run);
    expect(passed).toBe(false);
    expect(report?.outOfOrder).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
