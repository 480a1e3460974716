// WebSocket over TLS with JSON: the usual way to keep a connection open.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { openItemLookup } from './item-lookup.ts';
import { type PeerInput, peerListens } from './peer-input.ts';

const input: PeerInput = JSON.parse(process.argv[2] ?? '{}');
const lookup = openItemLookup(input.databasePath);
const server = createServer({ key: readFileSync(input.keyPath), cert: readFileSync(input.certificatePath) });
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id, params } = JSON.parse(String(data)) as { id: number; params: { id: string } };
    socket.send(JSON.stringify({ id, result: lookup(params.id) }));
  });
});
server.listen(0, '127.0.0.1', () => peerListens((server.address() as AddressInfo).port));
