// Records the golden frames of a protocol version: `node packages/protocol/src/testing/record-golden.ts`. Run once for each kind of message;
// a frame that is recorded is never written again, since it is what programs of that version send for ever.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBeacon, encodeQuery } from '../beacon.ts';
import { errors } from '../errors.ts';
import { errorFrame, eventFrame, requestFrame, resultFrame } from '../wire/envelope.ts';
import { meaningOf } from './golden-meaning.ts';
import { testIdentity } from './identity.ts';

const { serverId, certificate, privateKey } = testIdentity;
const at = 1_767_225_600_000;
const id = (last: number) => `019b76da-a800-7000-8000-${String(last).padStart(12, '0')}`;
const token = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const nonce = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const lineage = [
  { epoch: id(2), parent: id(1), branchSequence: 41, branchHash: 'ab'.repeat(32) },
  { epoch: id(1), parent: null, branchSequence: 0, branchHash: '0'.repeat(64) },
];

interface Recording {
  readonly meaning: string;
  /** A frame with its length, or a whole datagram. */
  readonly bytes: Buffer;
}

const recordings: Readonly<Record<string, Recording>> = {
  'hello-request': {
    meaning: 'The first message of a client that speaks version 1 only.',
    bytes: requestFrame(1, 'session.hello', {
      protocol: { minimum: 1, maximum: 1 },
      client: { name: 'example', version: '1.0.0' },
    }),
  },
  'hello-result': {
    meaning: 'The answer of a server that was restored once: two epochs.',
    bytes: resultFrame(1, {
      protocol: 1,
      serverId,
      name: 'Lager Süd',
      version: '0.1.0',
      state: 'running',
      flags: ['degraded'],
      epoch: id(2),
      lineage,
      bootSequence: 7,
      serverTime: at,
      frameMaxBytes: 1_048_576,
      pingIntervalMs: 20_000,
    }),
  },
  'pair-request': {
    meaning: 'A new device trades the secret of its join code.',
    bytes: requestFrame(2, 'session.pair', { secret: 'ABCDEFGHJK', token, deviceName: 'Goods-in 1' }),
  },
  'pair-result': {
    meaning: 'The device was paired.',
    bytes: resultFrame(2, { deviceId: id(3), role: 'office', serverId }),
  },
  'authenticate-request': {
    meaning: 'A paired device signs in.',
    bytes: requestFrame(3, 'session.authenticate', { token }),
  },
  'authenticate-result': {
    meaning: 'The device is signed in.',
    bytes: resultFrame(3, { deviceId: id(3), deviceName: 'Goods-in 1', role: 'office' }),
  },
  'subscribe-request': {
    meaning: 'The connection wants two kinds of event.',
    bytes: requestFrame(4, 'session.subscribe', { events: ['stock.changed', 'document.posted'] }),
  },
  'receipts-create-request': {
    meaning:
      'A receipt of two lines, posted at once; the largest quantity, a time, and text in three scripts.',
    bytes: requestFrame(5, 'receipts.create', {
      commandId: id(5),
      partnerId: id(6),
      reference: 'Lieferschein 4711 – 漢字 😀',
      documentAt: at,
      lines: [
        { itemId: id(7), quantity: 1_500 },
        { itemId: id(8), quantity: 1_000_000_000_000, lotId: id(9), reason: 'Zählung' },
      ],
      post: true,
    }),
  },
  'receipts-create-result': {
    meaning: 'The receipt was booked.',
    bytes: resultFrame(5, { id: id(10), version: 1, status: 'posted', number: 'GRN-2026-000001' }),
  },
  'stock-on-hand-result': {
    meaning: 'Stock of one item in its default lot.',
    bytes: resultFrame(6, {
      quantity: -1,
      rows: [
        {
          itemId: id(7),
          sku: 'BOLT-8',
          name: 'Bolt M8',
          unit: 'pcs',
          decimals: 0,
          lotId: id(11),
          lotNumber: null,
          quantity: -1,
        },
      ],
      next: null,
    }),
  },
  'import-chunk-request': {
    meaning: 'Bytes of a file, as binary.',
    bytes: requestFrame(0xffff_ffff, 'imports.chunk', {
      importId: id(12),
      offset: 262_144,
      bytes: Buffer.from('00ff80eda080', 'hex'),
    }),
  },
  'error-insufficient-stock': {
    meaning: 'A refusal with data.',
    bytes: errorFrame(7, {
      code: 'INSUFFICIENT_STOCK',
      message: errors.INSUFFICIENT_STOCK.message,
      data: { lines: [{ line: 1, itemId: id(7), requested: 10, available: 3 }] },
    }),
  },
  'error-internal': {
    meaning: 'An unexpected error with the number of its incident.',
    bytes: errorFrame(8, { code: 'INTERNAL', message: errors.INTERNAL.message, incidentId: '5f2c-1' }),
  },
  'error-of-the-connection': {
    meaning: 'An error with id 0: it concerns the connection, which is closed after it.',
    bytes: errorFrame(0, {
      code: 'FRAME_TOO_LARGE',
      message: errors.FRAME_TOO_LARGE.message,
      data: { declaredBytes: 4_294_967_295, limitBytes: 16_384 },
    }),
  },
  'event-stock-changed': {
    meaning: 'The stock of an item changed.',
    bytes: eventFrame('stock.changed', { itemIds: [id(7)], reload: false }),
  },
  'event-document-posted': {
    meaning: 'A document was posted.',
    bytes: eventFrame('document.posted', {
      id: id(10),
      kind: 'receipt',
      status: 'posted',
      number: 'GRN-2026-000001',
    }),
  },
  'event-lagged': {
    meaning: 'Events were dropped; reload.',
    bytes: eventFrame('session.lagged', { dropped: 300 }),
  },
  query: { meaning: 'A datagram that asks who is there.', bytes: encodeQuery(nonce) },
  beacon: {
    meaning: 'A datagram that answers it, signed.',
    bytes: encodeBeacon(
      {
        serverId,
        certificate,
        name: 'Lager Süd',
        addresses: ['192.168.1.20'],
        port: 8090,
        state: 'running',
        bootSequence: 7,
        nonce,
      },
      privateKey,
    ),
  },
};

const folder = join(import.meta.dirname, '..', '..', 'golden', 'v1');
mkdirSync(folder, { recursive: true });
for (const [name, { meaning, bytes }] of Object.entries(recordings)) {
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) continue;
  const value = meaningOf(name, bytes);
  writeFileSync(path, `${JSON.stringify({ meaning, hex: bytes.toString('hex'), value }, null, 2)}\n`);
  process.stdout.write(`recorded ${name}\n`);
}
