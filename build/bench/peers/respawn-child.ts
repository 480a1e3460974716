// The bare child of the restart bench: loads the same libraries, opens the same database, saves a receipt for each line.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import 'csv-parse';
import 'koffi';
import 'msgpackr';
import 'node-ipc';
import 'pino';
import 'piscina';
import 'rotating-file-stream';
import 'typebox/compile';
import 'uuid';
import { openLedgerRows, type ReceiptRequest } from './ledger-rows.ts';
import type { PeerInput } from './peer-input.ts';

const input: PeerInput & { readonly port: number } = JSON.parse(process.argv[2] ?? '{}');
const { saveReceipt } = openLedgerRows(input.databasePath);
const options = { key: readFileSync(input.keyPath), cert: readFileSync(input.certificatePath) };
const server = createServer(options, (socket) => {
  socket.on('data', (line: Buffer) => {
    socket.write(JSON.stringify(saveReceipt(JSON.parse(String(line)) as ReceiptRequest)));
  });
  socket.on('error', () => socket.destroy());
});
server.listen(input.port, '127.0.0.1');
