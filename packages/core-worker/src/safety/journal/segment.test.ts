// The journal's format: what is written is read back, and no flipped byte and no torn write goes unnoticed or hides a good record.

import { GENESIS_HASH } from '../../store/chain.ts';
import type { CommandRow } from '../../store/replay.ts';
import { decodeRow, encodeHeader, encodeRecord, type SegmentHeader, scanSegment } from './segment.ts';

const header: SegmentHeader = {
  serverId: 'ab'.repeat(32),
  lineage: [{ epoch: 'epoch-1', parent: null, branchSequence: 0, branchHash: GENESIS_HASH, beganAt: 1 }],
  firstSequence: 1,
  previousHash: GENESIS_HASH,
  begunAt: 1_000,
};

function row(sequence: number): CommandRow {
  return {
    sequence,
    commandId: `command-${sequence}`,
    deviceId: 'device-1',
    userId: null,
    method: 'units.create',
    at: 1_000 + sequence,
    outcome: 'done',
    digest: 'd',
    body: `{"note":"Grüße – ${'x'.repeat(sequence)}"}`,
    decided: '{}',
    decidedDigest: 'e',
    answer: '{"a":1}',
    answerDigest: 'f',
    hash: `hash-${sequence}`,
  };
}

/** Ten records in batches of two: each batch vouches for the ones before it. */
function segment(sequences = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]): { bytes: Buffer; offsets: number[] } {
  const parts: Buffer[] = [Buffer.from(encodeHeader(header))];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const sequence of sequences) {
    const record = encodeRecord(row(sequence), sequence - 2 + (sequence % 2));
    offsets.push(length);
    length += record.length;
    parts.push(record);
  }
  return { bytes: Buffer.concat(parts), offsets };
}

const sequencesOf = (bytes: Buffer, isLast = true) =>
  scanSegment(bytes, 1, isLast).records.map(({ sequence }) => sequence);
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('what is written is read back, header and rows', () => {
  const { bytes } = segment();
  const scan = scanSegment(bytes, 1, true);
  expect(scan.header).toEqual(header);
  expect(scan.bad).toEqual([]);
  expect(scan.vouched).toBe(8);
  expect(scan.records.map((record) => decodeRow(bytes, record))).toEqual(all.map(row));
});

test('every cut is a torn tail after the last whole record', () => {
  const { bytes, offsets } = segment();
  const start = offsets[0] ?? 0;
  for (let cut = start; cut < bytes.length; cut++) {
    const scan = scanSegment(bytes.subarray(0, cut), 1, true);
    const whole = all.filter((_, index) => (offsets[index + 1] ?? bytes.length) <= cut);
    expect(scan.records.map(({ sequence }) => sequence)).toEqual(whole);
    const isBoundary = offsets.includes(cut);
    expect(scan.bad).toEqual(
      isBoundary
        ? []
        : [{ sequence: whole.length + 1, offset: offsets[whole.length], end: cut, type: 'torn' }],
    );
  }
});

test('every flipped byte is noticed, is told with its command, and costs no other record that was safe', () => {
  const { bytes, offsets } = segment();
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 0x41;
    const scan = scanSegment(flipped, 1, true);
    const hit = offsets.filter((offset) => offset <= at).length;
    if (hit === 0) {
      expect(scan.header).toBeNull();
      expect(scan.records).toHaveLength(10);
      continue;
    }
    expect(scan.header).toEqual(header);
    expect(scan.bad).toHaveLength(1);
    const isSafe = hit <= 8;
    expect(scan.bad[0]).toMatchObject({ sequence: hit, type: isSafe ? 'damaged' : 'torn' });
    expect(scan.records.map(({ sequence }) => sequence)).toEqual(
      all.filter((sequence) => (isSafe ? sequence !== hit : sequence < hit)),
    );
  }
});

test('in a segment that is not the newest nothing can be torn', () => {
  const { bytes } = segment();
  const flipped = Buffer.from(bytes);
  flipped[bytes.length - 3] = 0;
  expect(scanSegment(flipped, 1, false).bad).toMatchObject([{ sequence: 10, type: 'damaged' }]);
});

test('a batch of which only the end reached the disk is torn as a whole', () => {
  const { bytes, offsets } = segment();
  const torn = Buffer.from(bytes);
  torn.fill(0, offsets[8], offsets[9]);
  expect(sequencesOf(torn)).toEqual(all.slice(0, 8));
  expect(scanSegment(torn, 1, true).bad).toEqual([
    { sequence: 9, offset: offsets[8], end: bytes.length, type: 'torn' },
  ]);
});

test('a record that is missing without a trace is damage', () => {
  const { bytes } = segment([1, 2, 3, 5, 6, 7, 8]);
  expect(sequencesOf(bytes)).toEqual([1, 2, 3, 5, 6, 7, 8]);
  expect(scanSegment(bytes, 1, true).bad).toMatchObject([{ sequence: 4, type: 'damaged' }]);
});

test('zeros and garbage after the end are cut', () => {
  const { bytes } = segment();
  for (const tail of [
    Buffer.alloc(5_000),
    Buffer.from([0xff, 0x4d, 0x4a, 0x52, 0, 0, 0, 1]),
    bytes.subarray(0, 300),
  ]) {
    const scan = scanSegment(Buffer.concat([bytes, tail]), 1, true);
    expect(scan.records).toHaveLength(10);
    expect(scan.bad).toEqual([
      { sequence: 11, offset: bytes.length, end: bytes.length + tail.length, type: 'torn' },
    ]);
  }
});
