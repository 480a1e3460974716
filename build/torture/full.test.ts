// A slice of the full campaign for every run of the tests, and the proof that it finds what it is there to find.
import { describeOnSmallFileSystem } from '../testing/small-file-system.ts';
import { type FullOptions, runFullCampaign } from './full.ts';

/** Three fills take fifteen seconds on a quiet machine, and a minute on one that is busy with everything else. */
const SLICE_TIMEOUT_MS = 600_000;

const options: FullOptions = {
  ...{ fills: 3, seed: 3, clients: 3, rate: 20, only: undefined, plant: undefined, keepFailed: false },
};

describeOnSmallFileSystem(import.meta.filename, 'a disk that fills up', () => {
  test(
    'three fills while saving and backing up: nothing acknowledged is lost, and saves come back by themselves',
    async () => {
      const seed = Math.floor(Math.random() * 1_000_000);
      const { failures, ...result } = await runFullCampaign({ ...options, seed, keepFailed: true });
      // The seed is in the message of a failure: npm run torture -- full --fills 3 --seed SEED
      expect({ seed, failures }).toEqual({ seed, failures: [] });
      expect(result).toMatchObject({ fills: 3, lost: 0, doubled: 0, damageUndetected: 0 });
      expect(result.spells).toBeGreaterThanOrEqual(3);
    },
    SLICE_TIMEOUT_MS,
  );

  test(
    'a planted bug is found: saves that the full disk refused are answered as done',
    async () => {
      const result = await runFullCampaign({ ...options, fills: 1, plant: 'done-on-a-full-disk' });
      expect(result.passed).toBe(false);
      expect(result.lost).toBeGreaterThan(0);
    },
    SLICE_TIMEOUT_MS,
  );
});
