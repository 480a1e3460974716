// The least that TLS, a length prefix and msgpackr can be: no sessions, no checks, no limits.

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { pack, unpack } from 'msgpackr';
import { openItemLookup } from './item-lookup.ts';
import { type PeerInput, peerListens } from './peer-input.ts';

const input: PeerInput = JSON.parse(process.argv[2] ?? '{}');
const lookup = openItemLookup(input.databasePath);
const options = { key: readFileSync(input.keyPath), cert: readFileSync(input.certificatePath) };
const server = createServer(options, (socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const replies: Buffer[] = [];
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0);
      const [, id, , params] = unpack(rest.subarray(4, end)) as [0, number, string, { id: string }];
      const body = pack([1, id, null, lookup(params.id)]);
      const header = Buffer.allocUnsafe(4);
      header.writeUInt32BE(body.length);
      replies.push(header, body);
      rest = rest.subarray(end);
    }
    // All replies of one turn in one write, which is the fastest way there is.
    if (replies.length > 0) socket.write(Buffer.concat(replies));
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => peerListens((server.address() as AddressInfo).port));
