// The digests of documents and movements: the same content gives the same one, any change another.

import fc from 'fast-check';
import { documentDigest, movementDigest } from './digests.ts';
import type { Head, Line } from './records.ts';

const head: Head = {
  id: 'd',
  kind: 'receipt',
  status: 'draft',
  number: null,
  partnerId: null,
  reference: 'LS 1',
  note: null,
  documentAt: null,
  createdAt: 1,
  postedAt: null,
  reversalOf: null,
  reversedBy: null,
  lineCount: 1,
  version: 1,
};
const line: Line = { line: 1, itemId: 'i', lotId: 'l', quantity: 5, reason: null };
const movement = { sequence: 1, documentId: 'd', line: 1, itemId: 'i', lotId: 'l', quantity: 5, at: 1 };

test('every field of head, line and movement counts', () => {
  for (const field of Object.keys(head)) {
    expect(documentDigest({ ...head, [field]: 'changed' }, [line])).not.toBe(documentDigest(head, [line]));
  }
  for (const field of Object.keys(line)) {
    const changed = { ...line, [field]: 'changed' };
    expect(documentDigest(head, [changed])).not.toBe(documentDigest(head, [line]));
  }
  for (const field of Object.keys(movement)) {
    expect(movementDigest({ ...movement, [field]: 9 })).not.toBe(movementDigest(movement));
  }
  expect(documentDigest(head, [line, line])).not.toBe(documentDigest(head, [line]));
});

test('the order in which fields were set does not count', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(Object.entries(head), { minLength: Object.keys(head).length }),
      (entries) => {
        expect(documentDigest(Object.fromEntries(entries) as Head, [line])).toBe(
          documentDigest(head, [line]),
        );
      },
    ),
  );
});

test('the digests of this version never change: databases are full of them', () => {
  expect(documentDigest(head, [line])).toBe(
    '11812f55ef3ef9e28a852410f19072a8c13c905aeb17e3a04afe450cc8250457',
  );
  expect(movementDigest(movement)).toBe('e53d937b5e74b3fabd0357018d44663f878e98e02be236a040031f357f834935');
});
