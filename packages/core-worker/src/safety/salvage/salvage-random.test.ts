// Whatever is done to the pages of a small database, its salvage ends, proves sound, and has every row that was not hit.

import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { ask, DamagedFactory, PAGE_BYTES, type PageFacts } from './testing/damaged-factory.ts';

/** Each run salvages and checks a database, about 0.1 s; a campaign sets more. */
const RUNS = Number(process.env.MASALA_SALVAGE_RUNS ?? 15);

let factory: DamagedFactory;
beforeAll(() => {
  factory = new DamagedFactory();
});
afterAll(() => factory.close());

/** `page` is a part of the whole file, so that the same seed hits the same place. */
const hit = fc.record({
  page: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  kind: fc.constantFrom('bit', 'byte', 'sector', 'zeros', 'garbage', 'twin'),
  at: fc.nat(PAGE_BYTES - 1),
  value: fc.integer({ min: 0, max: 255 }),
});
type Hit = typeof hit extends fc.Arbitrary<infer One> ? One : never;

function harm(sound: Buffer, { page, kind, at, value }: Hit): PageFacts {
  const facts = factory.pages[Math.floor(page * factory.pages.length)] as PageFacts;
  const start = (facts.page - 1) * PAGE_BYTES;
  const random = (length: number) =>
    Uint8Array.from({ length }, (_, index) => (value * 31 + index * 97) & 0xff);
  switch (kind) {
    case 'bit':
      factory.overwrite(facts.page, Uint8Array.of((sound[start + at] ?? 0) ^ (1 << (value % 8))), at);
      break;
    case 'byte':
      factory.overwrite(facts.page, Uint8Array.of(value), at);
      break;
    case 'sector':
      factory.overwrite(facts.page, random(512), at & ~511);
      break;
    case 'zeros':
      factory.overwrite(facts.page, new Uint8Array(PAGE_BYTES));
      break;
    case 'garbage':
      factory.overwrite(facts.page, random(PAGE_BYTES));
      break;
    case 'twin': {
      // A misdirected write: another page of the file in its place.
      const other = (value % factory.pages.length) * PAGE_BYTES;
      factory.overwrite(facts.page, sound.subarray(other, other + PAGE_BYTES));
    }
  }
  return facts;
}

/** At most so many rows of a table can be gone; undefined where an inner page was hit, and with it what hangs from it. */
function lossBound(hits: readonly PageFacts[], tables: readonly string[]): number | undefined {
  const own = new Map(hits.filter(({ name }) => tables.includes(name)).map((facts) => [facts.page, facts]));
  if ([...own.values()].some(({ type }) => type === 'internal')) return undefined;
  return [...own.values()].reduce((sum, { type, cells }) => sum + (type === 'overflow' ? 1 : cells), 0);
}

test('random damage', async () => {
  const soundFile = readFileSync(factory.path);
  const documents = new Map(
    ask<string>(factory.path, "SELECT id || ' ' || digest FROM documents").map(
      (text) => text.split(' ') as [string, string],
    ),
  );
  const commands = new Map(
    ask<string>(factory.path, "SELECT command_id || ' ' || digest FROM commands").map(
      (text) => text.split(' ') as [string, string],
    ),
  );
  const items = new Set(ask<string>(factory.path, 'SELECT id FROM items'));
  await fc.assert(
    fc.asyncProperty(fc.array(hit, { minLength: 1, maxLength: 10 }), async (hits) => {
      factory.renew();
      const pages = hits.map((one) => harm(soundFile, one));
      const { databasePath } = await factory.salvage();
      try {
        const carried = ask<string>(
          databasePath,
          "SELECT id || ' ' || digest FROM documents WHERE coalesce(note, '') NOT LIKE 'Made %'",
        ).filter((text) => {
          const [id, digest] = text.split(' ') as [string, string];
          return documents.get(id) === digest;
        });
        const known = ask<string>(
          databasePath,
          "SELECT command_id || ' ' || digest FROM commands WHERE method <> 'salvage.lost'",
        );
        for (const text of known) {
          const [id, digest] = text.split(' ') as [string, string];
          // A row after a gap has nothing that proves its id; everything else of it proves itself.
          if (commands.has(id)) expect(digest).toBe(commands.get(id));
        }
        const itemsThere = ask<string>(databasePath, 'SELECT id FROM items').filter((id) => items.has(id));
        expectBound(documents.size - carried.length, lossBound(pages, ['documents', 'document_lines']));
        expectBound(commands.size - known.length, lossBound(pages, ['commands']));
        expectBound(items.size - itemsThere.length, lossBound(pages, ['items']));
      } finally {
        rmSync(dirname(databasePath), { recursive: true });
      }
    }),
    { numRuns: RUNS },
  );
});

function expectBound(lost: number, bound: number | undefined): void {
  if (bound !== undefined) expect(lost).toBeLessThanOrEqual(bound);
}

test('each page alone, overwritten with garbage', async () => {
  const garbage = Uint8Array.from({ length: PAGE_BYTES }, (_, index) => (index * 89 + 7) & 0xff);
  // A prime, so that each tree of the file has its turn; a campaign takes every page.
  const step = RUNS > 100 ? 1 : 17;
  for (const [index, facts] of factory.pages.entries()) {
    if (index % step !== 0) continue;
    factory.renew();
    factory.overwrite(facts.page, garbage);
    const { databasePath, counts } = await factory.salvage();
    const bound = lossBound([facts], ['documents', 'document_lines']);
    if (bound !== undefined) {
      const [all] = ask<number>(factory.inventory.path, 'SELECT count(*) FROM documents');
      expectBound((all ?? 0) - counts.documents, bound);
    }
    rmSync(dirname(databasePath), { recursive: true });
  }
});
