// The saves of the backup bench, in a process of its own: so many a second whatever the answers take, until told to end.
//
// A save's time counts from when it was due, not from when it was sent: a load that waits for its answers would make a pause
// of the server look like one slow save.

import { connect, type TLSSocket } from 'node:tls';
import { encode, FrameReader, frame, limits } from '@masala/protocol';
import { unpack } from 'msgpackr';
import { v7 } from 'uuid';

export interface BackupLoadInput {
  readonly port: number;
  /** A paired device's token. */
  readonly token: string;
  readonly itemIds: readonly string[];
  readonly savesPerSecond: number;
}

/** A save: when it was due (UTC ms), and how long it took until it was acknowledged. */
export type TimedSave = readonly [dueAt: number, elapsedMs: number];

export interface BackupLoadOutput {
  readonly saves: readonly TimedSave[];
  readonly failed: number;
}

/** A goods receipt of a small factory. */
const LINES = 5;

const input = JSON.parse(process.argv[2] ?? '{}') as BackupLoadInput;
const save = await signIn();
const saves: TimedSave[] = [];
const pending = new Set<Promise<void>>();
let failed = 0;
let count = 0;
const beganAt = performance.now();
const timer = setInterval(giveDue, 1);
process.stdin.once('data', async () => {
  clearInterval(timer);
  await Promise.all(pending);
  const output: BackupLoadOutput = { saves, failed };
  process.stdout.write(`${JSON.stringify(output)}\n`, () => process.exit(0));
});
process.stdout.write('"saving"\n');

function giveDue(): void {
  const intervalMs = 1_000 / input.savesPerSecond;
  while (beganAt + count * intervalMs <= performance.now()) {
    const given = timed(beganAt + count * intervalMs);
    pending.add(given);
    void given.finally(() => pending.delete(given));
    count += 1;
  }
}

async function timed(dueAt: number): Promise<void> {
  try {
    await save(count);
    saves.push([performance.timeOrigin + dueAt, performance.now() - dueAt]);
  } catch {
    failed += 1;
  }
}

async function signIn(): Promise<(turn: number) => Promise<unknown>> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ host: '127.0.0.1', port: input.port, rejectUnauthorized: false }, () =>
      resolve(opened),
    );
    opened.once('error', reject);
  });
  socket.setNoDelay(true);
  const answers = new Map<number, (error: { readonly code: string } | null) => void>();
  const reader = new FrameReader(limits.frameMaxBytes);
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk, (body) => {
      const [, id, error] = unpack(body) as [number, number, { code: string } | null];
      answers.get(id)?.(error);
      answers.delete(id);
    });
  });
  let nextId = 1;
  const ask = (method: string, params: unknown) =>
    new Promise<void>((resolve, reject) => {
      const id = nextId++;
      answers.set(id, (error) => (error === null ? resolve() : reject(new Error(error.code))));
      socket.write(frame(encode([0, id, method, params])));
    });
  await ask('session.hello', {
    protocol: { minimum: 1, maximum: 1 },
    client: { name: 'bench', version: '1' },
  });
  await ask('session.authenticate', { token: input.token });
  return (turn) => {
    const lines = Array.from({ length: LINES }, (_, line) => ({
      itemId: input.itemIds[(turn * LINES + line) % input.itemIds.length],
      quantity: 1 + (turn % 9),
    }));
    return ask('receipts.create', { commandId: v7(), reference: `bench ${turn}`, lines, post: true });
  };
}
