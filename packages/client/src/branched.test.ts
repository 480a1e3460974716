// A server that was restored, as its clients meet it: what is gone is told, and sent again when a person says so.

import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { Client, type ConnectOptions } from './client.ts';
import type { Branched } from './kept/branch-watch.ts';
import type { Resent } from './kept/resend.ts';
import { type FixtureIdentity, makeFixtureIdentity } from './testing/certificate.ts';
import { FixtureHistory } from './testing/fixture-history.ts';
import { FIXTURE_ID, FixtureServer, refuse, SILENCE } from './testing/fixture-server.ts';

const TOKEN = 't'.repeat(43);

let identity: FixtureIdentity;
let server: FixtureServer;
let history: FixtureHistory;
let profile: string;
const clients: Client[] = [];
/** The history that each client met last. */
let met: Map<Client, string>;

beforeAll(async () => {
  identity = await makeFixtureIdentity();
});

beforeEach(async () => {
  server = new FixtureServer(identity);
  server.tokens.add(TOKEN);
  history = new FixtureHistory(server);
  await server.listen();
  met = new Map();
  profile = mkdtempSync(join(tmpdir(), 'masala-branched-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
  rmSync(profile, { recursive: true });
});

/** A client of the PC: all of them share one profile. */
function client(changes: Partial<ConnectOptions> = {}): Client {
  const made = new Client({
    serverId: identity.serverId,
    address: '127.0.0.1',
    port: server.port,
    token: TOKEN,
    retryDelayMs: 20,
    keepIn: profile,
    ...changes,
  });
  clients.push(made);
  made.on('ready', ({ epoch }) => void met.set(made, epoch));
  return made;
}

const item = (one: Client, sku: string) => one.call('items.create', { sku, name: sku, unit: 'pcs' });
const receipt = (one: Client, itemId: string, post = true) =>
  one.call('receipts.create', { lines: [{ itemId, quantity: 1 }], post });

/** What a client finds gone, by method. */
async function goneOf(one: Client): Promise<string[]> {
  return ((await one.comparison())?.missing ?? []).map(({ method }) => method);
}

async function resendAll(one: Client): Promise<Resent[]> {
  const results: Resent[] = [];
  const { missing = [] } = (await one.comparison()) ?? {};
  await one.resend(missing, { onResult: (resent) => void results.push(resent) });
  return results;
}

const outcomes = (results: readonly Resent[]) =>
  results.map((resent) => (resent.outcome === 'refused' ? resent.error.code : resent.outcome));

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof MasalaError) return error.code;
    throw error;
  }
  throw new Error('it was not refused');
}

test('a write is on this disk when its caller hears of the answer', async () => {
  const one = client();
  const { id } = await item(one, 'A');
  const isKept = (answer: { id: string }) => readFileSync(keptPath('000001.log'), 'utf8').includes(answer.id);
  const receipts = [1, 2, 3].map(() => receipt(one, id).then(isKept));
  expect(await Promise.all(receipts)).toEqual([true, true, true]);
});

describe('comparing', () => {
  test('the same history again asks nothing', async () => {
    const one = client();
    await item(one, 'A');
    for (const connection of server.connections) connection.drop();
    await item(one, 'B');
    expect(await one.comparison()).toBeUndefined();
    expect(await client().comparison()).toBeUndefined();
    expect(server.paramsOf('commands.missing')).toEqual([]);
  });

  test('what a restore cut off is told with where and how, at each connect until it is settled', async () => {
    const one = client({ now: () => 1_767_000_000_000 });
    const heard: Branched[] = [];
    one.on('branched', (branched) => void heard.push(branched));
    const { id } = await item(one, 'A');
    await receipt(one, id);
    const to = history.restore(1);
    const branched = await nextBranch(one);
    expect(branched).toEqual({
      from: FIXTURE_ID,
      to,
      origin: 'restore',
      beganAt: 1_767_225_600_000,
      branchSequence: 1,
      salvaged: false,
      missing: [
        {
          commandId: expect.any(String),
          method: 'receipts.create',
          params: { lines: [{ itemId: id, quantity: 1 }], post: true },
          result: expect.objectContaining({ number: 'GRN-2026-000001' }),
          acknowledgedAt: 1_767_000_000_000,
          epoch: FIXTURE_ID,
          earlierResults: [],
        },
      ],
    });
    expect(heard).toEqual([branched]);
    expect(history.length).toBe(1); // nothing is sent by itself
    expect(await goneOf(client())).toEqual(['receipts.create']);
    expect(await goneOf(client())).toEqual(['receipts.create']);
  });

  test('a restore that cut nothing of this PC off is told once, and then known', async () => {
    const one = client();
    await item(one, 'A');
    const heard: Branched[] = [];
    one.on('branched', (branched) => void heard.push(branched));
    history.restore(1);
    expect(await nextBranch(one)).toBeUndefined();
    expect(heard).toMatchObject([{ missing: [] }]);
    const asked = server.paramsOf('commands.missing').length;
    expect(await client().comparison()).toBeUndefined();
    expect(server.paramsOf('commands.missing')).toHaveLength(asked);
  });

  test('a PC that has never been connected takes the present history for the known one', async () => {
    history.restore(0);
    expect(await client().comparison()).toBeUndefined();
    history.restore(0);
    expect(await client().comparison()).toBeUndefined();
  });

  test('without a folder nothing is kept, and nothing is compared', async () => {
    const { keepIn: _, ...options } = { keepIn: profile };
    const one = new Client({
      serverId: identity.serverId,
      address: '127.0.0.1',
      port: server.port,
      token: TOKEN,
      ...options,
    });
    clients.push(one);
    await item(one, 'A');
    expect(await one.comparison()).toBeUndefined();
    expect(readdirSync(profile)).toEqual([]);
  });

  test('a note that was damaged is made up for by what is kept', async () => {
    const one = client();
    await item(one, 'A');
    one.close();
    writeFileSync(keptPath('history.json'), '{"version":1,"ep');
    history.restore(0);
    expect(await goneOf(client())).toEqual(['items.create']);
  });

  test('another history: everything is gone, and its branch has no sequence', async () => {
    const one = client();
    await item(one, 'A');
    server.lineage = [];
    history.restore(0);
    expect(await nextBranch(one)).toMatchObject({
      branchSequence: null,
      missing: [{ method: 'items.create' }],
    });
  });

  test('what a salvage saved without its command is not gone', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    const draft = await receipt(one, id, false);
    await one.call('receipts.post', { id: draft.id, version: 1 });
    await receipt(one, id);
    history.restore(0, 'salvage', [id, draft.id]);
    await nextBranch(one);
    expect(await goneOf(one)).toEqual(['receipts.create']);
  });

  test('a refusal is no answer that is kept', async () => {
    const one = client();
    expect(await codeOf(receipt(one, FIXTURE_ID))).toBe('ITEM_UNKNOWN');
    history.restore(0);
    expect(await nextBranch(one)).toBeUndefined();
  });

  test('a server that cannot answer is told, and asked again at the next connection', async () => {
    const one = client();
    const troubles: string[] = [];
    one.on('keepingFailed', ({ code }) => void troubles.push(code));
    await item(one, 'A');
    server.onFirst('commands.missing', 1, refuse('METHOD_UNKNOWN'));
    history.restore(0);
    expect(await codeOf(nextBranch(one))).toBe('METHOD_UNKNOWN');
    expect(troubles).toEqual(['METHOD_UNKNOWN']);
    const again = once(one, 'ready');
    for (const connection of server.connections) connection.drop();
    await again;
    expect(await one.comparison()).toMatchObject({ missing: [{ method: 'items.create' }] });
  });

  test('a connection that goes while it compares begins anew', async () => {
    const one = client();
    await item(one, 'A');
    server.onFirst('commands.missing', 2, ({ connection }) => {
      connection.drop();
      return SILENCE;
    });
    history.restore(0);
    expect(await nextBranch(one)).toMatchObject({ missing: [{ method: 'items.create' }] });
  });

  test('more than one question takes are asked in several', async () => {
    const one = client();
    await Promise.all(Array.from({ length: 1_100 }, (_, index) => item(one, `S${index}`)));
    history.restore(50);
    expect((await nextBranch(one))?.missing).toHaveLength(1_050);
    const asked = server
      .paramsOf('commands.missing')
      .map(({ commandIds }) => (commandIds as string[]).length);
    expect(asked).toEqual([500, 500, 100]);
  });

  test('what one server acknowledged is not offered to another one', async () => {
    const one = client();
    await item(one, 'A');
    const stranger = new FixtureServer(await makeFixtureIdentity('other'));
    stranger.tokens.add(TOKEN);
    new FixtureHistory(stranger).restore(0);
    await stranger.listen();
    const other = client({ serverId: stranger.identity.serverId, port: stranger.port });
    expect(await other.comparison()).toBeUndefined();
    await stranger.stop();
  });
});

describe('in recovery', () => {
  test('the greeting is refused; writes wait, the reason is told, and afterwards all goes on', async () => {
    const one = client();
    await one.call('session.whoami', {});
    server.onFirst('session.hello', 3, refuse('SERVER_IN_RECOVERY'));
    const reasons: string[] = [];
    one.on('state', (state) => {
      if (state.phase === 'waiting') reasons.push(state.reason.code);
    });
    for (const connection of server.connections) connection.drop();
    const answer = await item(one, 'A');
    expect(answer.version).toBe(1);
    expect(reasons).toEqual(['CONNECTION_LOST', ...Array(3).fill('SERVER_IN_RECOVERY')]);
    expect(one.reason).toBeUndefined();
    expect(history.length).toBe(1);
  });
});

describe('sending again', () => {
  test('in the old order, under the old command ids, with the new ids of what is made anew', async () => {
    const one = client();
    const old = await item(one, 'A');
    const draft = await receipt(one, old.id, false);
    await one.call('receipts.post', { id: draft.id, version: 1 });
    const sent = commandIds();
    history.restore(0);
    await nextBranch(one);
    const before = server.requests.length;
    const results = await resendAll(one);
    expect(outcomes(results)).toEqual(['booked', 'booked', 'booked']);
    const again = server.requests.slice(before).map(({ params }) => params);
    expect(again.map(({ commandId }) => commandId)).toEqual(sent);
    const [itemId, receiptId] = results.map((resent) => (resent as { result: { id: string } }).result.id);
    expect(itemId).not.toBe(old.id);
    expect(again).toMatchObject([{}, { lines: [{ itemId }] }, { id: receiptId, version: 1 }]);
    expect(history.length).toBe(3);
    // Settled: it is not offered again, neither here nor to another program of this PC, nor even asked after.
    const asked = server.paramsOf('commands.missing').length;
    expect(await one.comparison()).toBeUndefined();
    expect(await client().comparison()).toBeUndefined();
    expect(server.paramsOf('commands.missing')).toHaveLength(asked);
  });

  test('a command that is refused is told with its code, harms no other, and is let go', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    await receipt(one, id);
    await item(one, 'B');
    server.onFirst('items.create', 1, refuse('SKU_TAKEN'));
    history.restore(0);
    await nextBranch(one);
    expect(outcomes(await resendAll(one))).toEqual(['SKU_TAKEN', 'ITEM_UNKNOWN', 'booked']);
    expect(await client().comparison()).toBeUndefined();
    history.restore(0);
    expect(await nextBranch(one)).toMatchObject({ missing: [{ params: { sku: 'B' } }] });
  });

  test('stopped in the middle, the next one finds its way: booked once, with the ids that were made', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    await receipt(one, id);
    await receipt(one, id);
    history.restore(0);
    const branched = await nextBranch(one);
    const abort = new AbortController();
    const stopped = one.resend(branched?.missing ?? [], {
      signal: abort.signal,
      onResult: () => abort.abort(),
    });
    expect(await codeOf(stopped)).toBe('CANCELLED');
    one.close();
    const two = client();
    expect(await goneOf(two)).toEqual(['receipts.create', 'receipts.create']);
    expect(outcomes(await resendAll(two))).toEqual(['there', 'booked', 'booked']);
    expect(history.length).toBe(3);
  });

  test('booked but never told (killed between): the answer is fetched, and the ids fit', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    await receipt(one, id);
    history.restore(0);
    const branched = await nextBranch(one);
    const book = server.requests.length;
    server.onFirst('items.create', 1, () => SILENCE);
    const never = one.resend(branched?.missing ?? []);
    await until(() => server.requests.length > book);
    one.close();
    expect(await codeOf(never)).toBe('CANCELLED');
    // The server booked it all the same; only the answer was lost.
    const [lost] = branched?.missing ?? [];
    const elsewhere = client({ keepIn: join(profile, 'elsewhere') });
    await elsewhere.call('items.create', { ...lost?.params, commandId: lost?.commandId } as never);
    const two = client();
    expect(await goneOf(two)).toEqual(['receipts.create']);
    expect(outcomes(await resendAll(two))).toEqual(['there', 'booked']);
  });

  test('what is left out stays offered, and fits when it is sent later', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    await receipt(one, id);
    history.restore(0);
    const branched = await nextBranch(one);
    await one.resend(branched?.missing.slice(0, 1) ?? []);
    expect(await goneOf(one)).toEqual(['receipts.create']);
    expect(await goneOf(client())).toEqual(['receipts.create']);
    expect(outcomes(await resendAll(one))).toEqual(['there', 'booked']);
    expect(await client().comparison()).toBeUndefined();
  });

  test('restored again while it sends: it stops, settles nothing, and what is gone is worked out anew', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    await receipt(one, id);
    await receipt(one, id);
    history.restore(0);
    const branched = await nextBranch(one);
    const results: Resent[] = [];
    const sending = one.resend(branched?.missing ?? [], {
      onResult: (resent) => {
        if (results.push(resent) === 2) history.restore(0);
      },
    });
    expect(await codeOf(sending)).toBe('HISTORY_BRANCHED');
    expect(outcomes(results)).toEqual(['booked', 'booked']);
    await nextBranch(one);
    expect(outcomes(await resendAll(one))).toEqual(['booked', 'booked', 'booked']);
  });

  test('restored twice, all that was made anew in between is found under its newest id', async () => {
    const one = client();
    const { id } = await item(one, 'A');
    await receipt(one, id);
    history.restore(0);
    const branched = await nextBranch(one);
    await one.resend(branched?.missing.slice(0, 1) ?? []);
    history.restore(0);
    await nextBranch(one);
    expect(outcomes(await resendAll(one))).toEqual(['booked', 'booked']);
    expect(history.length).toBe(2);
  });

  test('dismissed, it is never offered again, whatever becomes of the server', async () => {
    const one = client();
    await item(one, 'A');
    history.restore(0);
    await nextBranch(one);
    one.dismissBranch();
    expect(await one.comparison()).toBeUndefined();
    await item(one, 'B');
    history.restore(0);
    expect(await nextBranch(one)).toMatchObject({ missing: [{ params: { sku: 'B' } }] });
    expect(history.length).toBe(0);
  });

  test('a known history that comes back, before the branch was settled, lacks what the branch had', async () => {
    const one = client();
    await item(one, 'A');
    await item(one, 'B');
    const before = server.lineage;
    const from = history.restore(1);
    expect(await nextBranch(one)).toMatchObject({ from: FIXTURE_ID, to: from });
    await item(one, 'C');
    history.restore(1);
    server.lineage = before;
    for (const connection of server.connections) connection.drop();
    await nextBranch(one);
    const missing = [{ params: { sku: 'B' } }, { params: { sku: 'C' } }];
    expect(await client().comparison()).toMatchObject({ from, to: FIXTURE_ID, missing });
  });
});

const keptPath = (name: string) => join(profile, 'kept', identity.serverId.slice(0, 16), name);

/** The command ids of all writes that came so far, each once. */
function commandIds(): unknown[] {
  return [...new Set(server.requests.flatMap(({ params }) => params['commandId'] ?? []))];
}

/** What is gone by the history that the server has by now. */
async function nextBranch(one: Client): Promise<Branched | undefined> {
  await until(() => met.get(one) === server.lineage[0]?.epoch);
  return one.comparison();
}

async function until(condition: () => boolean): Promise<void> {
  // Ends, so that a test that fails does not keep its file running for ever.
  for (let turns = 0; !condition(); turns++) {
    if (turns > 4_000) throw new Error(`not yet: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
