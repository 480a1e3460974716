// The mark of the newest command survives a torn slot, notices any flip, and is never taken for what it is not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  type ChainEnd,
  ChainEndMark,
  chainEndPath,
  readChainEnd,
  removeChainEnd,
  resetChainEnd,
} from './chain-end.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-chain-end-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function end(sequence: number): ChainEnd {
  return { epoch: 'epoch-1', sequence, hash: String(sequence % 10).repeat(64) };
}

function marked(upTo: number): void {
  const mark = new ChainEndMark(join(dataDir, 'masala.db'), end(0));
  for (let sequence = 1; sequence <= upTo; sequence++) mark.write(end(sequence));
  mark.close();
}

test('no file, no mark', () => {
  expect(readChainEnd(dataDir)).toBeNull();
});

test('the newest of what was written is read, whichever slot it fell into', () => {
  marked(4);
  expect(readChainEnd(dataDir)).toEqual(end(4));
  marked(5);
  expect(readChainEnd(dataDir)).toEqual(end(5));
});

test('a mark that is set anew forgets a higher one of another history', () => {
  marked(9);
  resetChainEnd(dataDir, { ...end(3), epoch: 'epoch-2' });
  expect(readChainEnd(dataDir)).toEqual({ ...end(3), epoch: 'epoch-2' });
  removeChainEnd(dataDir);
  expect(readChainEnd(dataDir)).toBeNull();
});

test('any flip costs at most the slot that it falls into', () => {
  marked(7);
  const whole = readFileSync(chainEndPath(dataDir));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ mask;
      writeFileSync(chainEndPath(dataDir), flipped);
      const read = readChainEnd(dataDir);
      expect([end(7), end(6)]).toContainEqual(read);
    }),
    { numRuns: 300 },
  );
});

test('both slots damaged, or another file of that name: no mark', () => {
  marked(2);
  writeFileSync(chainEndPath(dataDir), Buffer.alloc(8_192, 'x'));
  expect(readChainEnd(dataDir)).toBeNull();
  writeFileSync(chainEndPath(dataDir), '');
  expect(readChainEnd(dataDir)).toBeNull();
});
