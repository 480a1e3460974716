// The database is deleted, cut or overwritten: the dialogue at the command line leads back to the newest good state, tells its
// age, and what is gone on the server is offered again by the desktop that booked it.
import { closeSync, globSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Client, connect, pair } from '@masala/client';
import type { CoreControl, RestorePointTold, ResultOf, ServerStatus } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { ClockHand } from './clock-run.ts';
import { ownTree, ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** Ten seconds each on a quiet machine. */
const TIMEOUT_MS = 300_000;
const MINUTE_MS = 60_000;
/** The day begins so long ago by the server's clock; its backups are told as two hours old. */
const MORNING_MS = -(2 * 60 + 5) * MINUTE_MS;

const servers: ServerProcess[] = [];
const clients: Client[] = [];
const hands: ClockHand[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const hand of hands.splice(0)) hand.close();
  for (const server of servers.splice(0)) await server.destroy({ keep: false });
});

/** A server that backs up only when it is told to, and a desktop that keeps what it books. */
class Shop {
  readonly server: ServerProcess;
  readonly hand: ClockHand;
  #client: Client | undefined;
  #itemId = '';

  private constructor(server: ServerProcess, hand: ClockHand) {
    this.server = server;
    this.hand = hand;
  }

  static async open(): Promise<Shop> {
    const preload = pathToFileURL(join(ownTree, 'build/torture/clock-preload.ts')).href;
    const environment: Record<string, string> = { NODE_OPTIONS: `--import=${preload}` };
    const server = new ServerProcess({
      tree: ownTree,
      set: ['backup.intervalMs=86400000', 'restart.backoffMs=0', 'supervisor.absenceMs=100'],
      environment,
    });
    servers.push(server);
    environment.TORTURE_CLOCK = join(server.folder, 'clock');
    const hand = new ClockHand(environment.TORTURE_CLOCK);
    hands.push(hand);
    hand.set(MORNING_MS);
    const shop = new Shop(server, hand);
    const { port } = await server.startAndServe();
    const code = await server.pair('office');
    const address = { address: '127.0.0.1', port: Number(port) };
    const profile = await pair({ code, deviceName: 'desk', server: address, discoveryPort: 0 });
    const keepIn = join(server.folder, 'desk');
    shop.#client = connect({ ...profile, keepIn, retryDelayMs: 100 });
    clients.push(shop.#client);
    const item = await shop.client.call('items.create', { sku: 'A', name: 'A', unit: 'pcs' });
    shop.#itemId = item.id;
    await shop.#scheduledBackupsMade();
    return shop;
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('the shop is not open yet');
    return this.#client;
  }

  get database(): string {
    return join(this.server.dataDir, 'masala.db');
  }

  /** Receives one piece so many times. */
  async book(count: number): Promise<void> {
    for (let booked = 0; booked < count; booked++) {
      await this.client.call('receipts.create', {
        post: true,
        lines: [{ itemId: this.#itemId, quantity: 1 }],
      });
    }
  }

  /** Pieces in stock by the ledger, which has to agree with itself: each document counted once. */
  async pieces(): Promise<number> {
    expect(await this.client.call('ledger.verify', {})).toMatchObject({ consistent: true });
    const { movements } = await this.client.call('stock.movements', { itemId: this.#itemId });
    return movements.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  async backUp(): Promise<RestorePointTold> {
    const { exitCode, output } = await this.server.run('backup', 'now', '--json');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    return JSON.parse(output) as RestorePointTold;
  }

  /** The first of each kind are due with the first booking; none of them is, for the rest of the day. */
  async #scheduledBackupsMade(): Promise<void> {
    await until('the first snapshot, daily and weekly backup', async () => {
      const list = await this.server.ask((control) => control.call('backup.list', {}));
      return list?.points.length === 3 ? true : undefined;
    });
  }

  /** Stops; the morning is over when it starts again. */
  async close(): Promise<void> {
    await this.server.stop();
    this.hand.set(0);
  }

  async untilInRecovery(): Promise<NonNullable<ServerStatus['recovery']>> {
    return await until(
      () => `the recovery; its output:\n${this.server.outputTail()}`,
      async () => (await this.server.status())?.recovery ?? undefined,
    );
  }

  async listed(): Promise<ResultOf<CoreControl, 'backup.list'>> {
    return JSON.parse((await this.server.run('recover', 'list', '--json')).output);
  }

  /** What the desktop finds gone is sent again, as a person would confirm it; gives how many. */
  async resend(): Promise<number> {
    const { missing = [] } = (await this.client.comparison()) ?? {};
    await this.client.resend(missing);
    return missing.length;
  }
}

function overwrite(path: string, at: number, bytes: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(file);
}

function remove(database: string): void {
  for (const path of globSync(`${database}*`)) rmSync(path);
}

test(
  'deleted while running: nothing is lost, since the open file becomes a backup',
  async () => {
    const shop = await Shop.open();
    await shop.book(3);
    await shop.backUp();
    await shop.book(2);
    shop.hand.set(0);
    rmSync(shop.database);
    const { reason, question, newest } = await shop.untilInRecovery();
    expect({ reason, question }).toEqual({
      reason: 'lost',
      question: 'No database found. Restore from latest backup (just now)?',
    });
    expect(newest).toMatchObject({ kind: 'emergency', documents: 5 });
    const shown = await shop.server.run('status');
    expect(shown).toMatchObject({ exitCode: exitCodes.NOT_READY.code });
    expect(shown.output).toContain(question);
    expect(shown.output).toContain('masala-server recover restore');
    const chosen = await shop.server.run('recover', 'restore');
    expect(chosen).toMatchObject({ exitCode: 0 });
    expect(chosen.output).toContain(`Restored the backup ${newest?.id} (made just now).`);
    expect(await shop.resend()).toBe(0);
    expect(await shop.pieces()).toBe(5);
    await shop.server.stop();
  },
  TIMEOUT_MS,
);

test.each([
  ['deleted', 'missing', 'No database found. Restore from latest backup (2 hours ago)?', remove],
  [
    'cut to half',
    'damaged',
    'Database integrity issue detected. Restore from backup?',
    (database: string) => truncateSync(database, statSync(database).size / 2),
  ],
  [
    'overwritten at its first page',
    'damaged',
    'Database integrity issue detected. Restore from backup?',
    (database: string) => overwrite(database, 0, 4_096),
  ],
])(
  '%s while stopped: back to the newest backup, and the desktop sends the rest again',
  async (_, reason, question, harm) => {
    const shop = await Shop.open();
    await shop.book(3);
    const point = await shop.backUp();
    await shop.book(2);
    await shop.close();
    harm(shop.database);
    shop.server.start();
    const recovery = await shop.untilInRecovery();
    expect(recovery).toMatchObject({ reason, newest: { id: point.id, documents: 3 } });
    expect(recovery.question.startsWith(question)).toBe(true);
    const situation = await shop.server.run('recover');
    expect(situation.output).toContain(`${point.id}, made 2 hours ago`);
    expect(situation.output.includes('recover salvage')).toBe(reason === 'damaged');
    const chosen = await shop.server.run('recover', 'restore');
    expect(chosen).toMatchObject({ exitCode: 0 });
    expect(chosen.output).toContain(`Restored the backup ${point.id} (made 2 hours ago).`);
    expect(await shop.pieces()).toBe(3);
    expect(await shop.resend()).toBe(2);
    expect(await shop.pieces()).toBe(5);
    await shop.server.stop();
  },
  TIMEOUT_MS,
);

test.each(['content', 'manifest'] as const)(
  'the newest backup is damaged in its %s as well: back to the one before it',
  async (what) => {
    const shop = await Shop.open();
    await shop.book(3);
    const good = await shop.backUp();
    await shop.book(2);
    const bad = await shop.backUp();
    await shop.close();
    const path = what === 'content' ? bad.path : bad.path.replace(/\.db\.zst$/, '.json');
    overwrite(path, Math.floor(statSync(path).size / 2), 16);
    remove(shop.database);
    shop.server.start();
    await shop.untilInRecovery();
    expect((await shop.listed()).points.map(({ id }) => id)).toContain(good.id);
    // Asked for by name, it is refused: a damaged backup is never restored from.
    const refused = await shop.server.run('recover', 'restore', bad.id);
    expect(refused).toMatchObject({ exitCode: exitCodes.FAILED.code });
    const chosen = await shop.server.run('recover', 'restore');
    expect(chosen).toMatchObject({ exitCode: 0 });
    expect(chosen.output).toContain(`Restored the backup ${good.id} (made 2 hours ago).`);
    expect(await shop.pieces()).toBe(3);
    expect(await shop.resend()).toBe(2);
    expect(await shop.pieces()).toBe(5);
    await shop.server.stop();
  },
  TIMEOUT_MS,
);

test(
  'a restore of a good database says what it undoes, and can itself be undone',
  async () => {
    const shop = await Shop.open();
    await shop.book(3);
    const point = await shop.backUp();
    await shop.book(2);
    const asked = await shop.server.run('backup', 'restore', point.id);
    expect(asked).toMatchObject({ exitCode: exitCodes.USAGE.code });
    expect(asked.output).toMatch(/Everything booked after .* will be gone; the desktops offer it again/);
    expect(await shop.pieces()).toBe(5);
    const undone = await shop.server.run('backup', 'restore', point.id, '--yes');
    expect(undone).toMatchObject({ exitCode: 0, output: expect.stringContaining(point.id) });
    expect(await shop.pieces()).toBe(3);
    const { points } = await shop.listed();
    const before = points.find(({ kind }) => kind === 'emergency');
    expect(before).toMatchObject({ documents: 5 });
    expect(await shop.server.run('backup', 'restore', String(before?.id), '--yes')).toMatchObject({
      exitCode: 0,
    });
    expect(await shop.pieces()).toBe(5);
    expect(await shop.server.status()).toMatchObject({ core: { lastDeath: null, restarts: 2 } });
    await shop.server.stop();
  },
  TIMEOUT_MS,
);
