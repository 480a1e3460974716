// What people would use instead: Fastify over HTTPS, better-sqlite3, one durable commit for each request.

import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';
import { openLedgerRows, type ReceiptRequest } from './ledger-rows.ts';
import { type PeerInput, peerListens } from './peer-input.ts';

const input: PeerInput = JSON.parse(process.argv[2] ?? '{}');
const { saveReceipt } = openLedgerRows(input.databasePath);
const server = fastify({
  https: { key: readFileSync(input.keyPath), cert: readFileSync(input.certificatePath) },
});

const line = {
  type: 'object',
  required: ['itemId', 'quantity'],
  properties: { itemId: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
};
const body = {
  type: 'object',
  required: ['commandId', 'reference', 'lines'],
  properties: {
    commandId: { type: 'string' },
    reference: { type: 'string', maxLength: 200 },
    lines: { type: 'array', maxItems: 1000, items: line },
  },
};
const response = {
  200: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      version: { type: 'integer' },
      status: { type: 'string' },
      number: { type: ['string', 'null'] },
    },
  },
};

server.post<{ Body: ReceiptRequest }>('/receipts', { schema: { body, response } }, async (request) =>
  saveReceipt(request.body),
);
const address = await server.listen({ host: '127.0.0.1', port: 0 });
peerListens(Number(new URL(address).port));
