// A slice of the flip campaign for every run of the tests, and the proof that it finds what it is there to find.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FlipResult, prepareFlips, runFlipCampaign } from './flip.ts';
import { planFlip } from './flip-plan.ts';
import type { PlantedBug } from './planted-bugs.ts';

/** Half a minute on a quiet machine. */
const TIMEOUT_MS = 600_000;

/** What a real server left behind, for all tests of this file. */
let prepared: string;

beforeAll(async () => {
  prepared = mkdtempSync(join(tmpdir(), 'masala-flip-test-'));
  await prepareFlips(prepared, 1);
}, TIMEOUT_MS);

afterAll(() => rmSync(prepared, { recursive: true, force: true }));

function flip(cases: number, seed: number, plant?: PlantedBug): Promise<FlipResult> {
  // By real processes recover.test.ts does it.
  const options = { cases, seed, only: undefined, from: prepared, plant, live: false };
  return runFlipCampaign({ ...options, keepFailed: plant === undefined });
}

test(
  'two hundred damaged files: no document, movement, level or command changes unnoticed',
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000);
    const { failures, replay, report } = await flip(200, seed);
    expect({ replay, failures }).toEqual({ replay: null, failures: [] });
    expect(report).toMatchObject({ cases: 200, undetected: 0 });
    // The damage does hit what is promised, and each check is needed.
    expect(report?.changed).toBeGreaterThan(60);
    expect(Object.values(report?.noticedBy ?? {}).every((count) => count > 0)).toBe(true);
  },
  TIMEOUT_MS,
);

describe('planted bugs are found', () => {
  test.each<PlantedBug>(['mark-not-compared', 'commands-not-verified'])(
    '%s',
    async (bug) => {
      const { passed, report, replay } = await flip(150, 3, bug);
      expect(passed).toBe(false);
      expect(report?.undetected).toBeGreaterThan(0);
      expect(replay).toContain('npm run torture -- flip --seed 3 --case ');
    },
    TIMEOUT_MS,
  );
});

test('the same seed damages the same bytes, another one others', () => {
  const files = [{ path: 'data/masala.db', role: 'database' as const, content: new Uint8Array(100_000) }];
  const one = planFlip(files, 1, 7);
  expect(planFlip(files, 1, 7)).toEqual(one);
  expect(planFlip(files, 2, 7)).not.toEqual(one);
  expect(planFlip(files, 1, 8)).not.toEqual(one);
});
