// The mill of the screenshots: a small factory's items, partners and a few days of work, booked through the shipped client on a
// server whose clock begins days ago.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@masala/client';
import { mayMount, SmallFileSystem } from '../testing/small-file-system.ts';
import { type Chance, chanceOf } from '../torture/chance.ts';
import { ClockHand } from '../torture/clock-run.ts';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { passTime, until } from '../torture/waiting.ts';
import { customers, goods, suppliers } from './demo-goods.ts';
import { connectDesktop, portOf } from './desktop.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** As long as the chart of the dashboard reaches back, and some. */
const SHIFT_MS = 34 * MINUTE_MS;
/** A step of the core's metrics, by the clock and by the world's: see demo-preload.ts. */
const STEP_MS = 2_000;
const STEP_TAKES_MS = 125;
/** The same mill in every run. */
const SEED = 7;
/** A drive that looks like a second one; it takes no more memory than is written to it. */
const SECOND_DRIVE_MEGABYTES = 65_536;

const DOCUMENTS_A_DAY = 18;
/** Some thirty saves a minute, as in the middle of the shift. */
const SAVE_EVERY_MS = 2_000;

/** Office, goods-in, dispatch, production. */
type Desktops = readonly [Client, Client, Client, Client];

interface Books {
  readonly items: readonly { readonly id: string; readonly unit: number }[];
  readonly suppliers: readonly string[];
  readonly customers: readonly string[];
}

export class DemoMill {
  readonly server: ServerProcess;
  readonly #hand: ClockHand;
  readonly #second: SmallFileSystem | undefined;
  readonly #chance: Chance = chanceOf(SEED);
  readonly #desktops: Client[] = [];
  readonly #evening = new AbortController();
  #overtime: Promise<void> | undefined;
  #aheadMs = 0;

  private constructor(server: ServerProcess, hand: ClockHand, second: SmallFileSystem | undefined) {
    this.server = server;
    this.#hand = hand;
    this.#second = second;
  }

  /** A server that was started three days ago, by its own clock. The caller closes it. */
  static async open(): Promise<DemoMill> {
    const preloads = ['build/torture/clock-preload.ts', 'build/browser/demo-preload.ts'];
    const imports = preloads.map((file) => `--import=${pathToFileURL(join(ownTree, file)).href}`);
    const environment: Record<string, string> = { NODE_OPTIONS: imports.join(' ') };
    const server = new ServerProcess({
      tree: ownTree,
      set: (folder) => [
        'server.name=Spice Mill',
        'watchdog.hangTimeoutMs=6000',
        ...(mayMount() ? [`backup.secondFolder=${join(folder, 'second-drive')}`] : []),
      ],
      environment,
    });
    environment.TORTURE_CLOCK = join(server.folder, 'clock');
    const hand = new ClockHand(environment.TORTURE_CLOCK);
    const second = mayMount()
      ? new SmallFileSystem(join(server.folder, 'second-drive'), SECOND_DRIVE_MEGABYTES)
      : undefined;
    const mill = new DemoMill(server, hand, second);
    mill.#move(-75 * HOUR_MS);
    await server.startAndServe();
    return mill;
  }

  /** Some days with a killed and a frozen core among them, and a shift of four desktops that goes on until `rest`. */
  async work(): Promise<void> {
    const [office, goodsIn, dispatch, production] = await this.#hire();
    const books = await this.#masterData(office);
    for (const item of books.items) await this.#receive(goodsIn, books, [item]);
    for (const lost of ['SIGKILL', 'SIGSTOP'] as const) {
      await this.#day(books, goodsIn, dispatch);
      await this.#loseCore(lost, office);
    }
    await this.#day(books, goodsIn, dispatch);
    this.#move(-SHIFT_MS);
    await this.#restart(office);
    for (let elapsedMs = 0; elapsedMs < SHIFT_MS; elapsedMs += STEP_MS) {
      this.#move(-SHIFT_MS + elapsedMs);
      // Busier in the middle than at the ends, as a shift is: up to forty saves a minute.
      const rush = 0.25 + Math.sin((Math.PI * elapsedMs) / SHIFT_MS);
      if (this.#chance.fraction() < rush * 0.5) await this.#receive(goodsIn, books);
      if (this.#chance.fraction() < rush * 0.8) await this.#dispatch(dispatch, books);
      if (this.#chance.fraction() < 0.02) await this.#correct(production, books);
      await passTime(STEP_TAKES_MS);
    }
    this.#move(0);
    this.#overtime = this.#workOn(books, dispatch);
    await this.server.ask((control) => control.call('backup.verify', {}));
  }

  /** Ends the shift. */
  async rest(): Promise<void> {
    this.#evening.abort();
    await this.#overtime;
  }

  /** Somebody deletes the database while the server runs. */
  loseDatabase(): void {
    rmSync(join(this.server.dataDir, 'masala.db'));
  }

  /** Ends and removes everything. */
  async close(): Promise<void> {
    await this.rest();
    for (const desktop of this.#desktops) desktop.close();
    await this.server.killAll();
    this.#second?.remove();
    await this.server.destroy({ keep: false });
    this.#hand.close();
  }

  #move(aheadMs: number): void {
    this.#aheadMs = aheadMs;
    this.#hand.set(aheadMs);
  }

  async #hire(): Promise<Desktops> {
    const hire = async (name: string) => {
      const desktop = await connectDesktop(this.server, name);
      this.#desktops.push(desktop);
      return desktop;
    };
    return [await hire('Office'), await hire('Goods-in'), await hire('Dispatch'), await hire('Production')];
  }

  async #masterData(office: Client): Promise<Books> {
    const items: { id: string; unit: number }[] = [];
    for (const [sku, name, unit, decimals] of goods) {
      const { id } = await office.call('items.create', { sku, name, unit, decimals });
      items.push({ id, unit: 10 ** decimals });
    }
    const partners = async (names: readonly string[], kind: 'supplier' | 'customer', letter: string) => {
      const ids: string[] = [];
      for (const [index, name] of names.entries())
        ids.push((await office.call('partners.create', { code: `${letter}${100 + index}`, name, kind })).id);
      return ids;
    };
    return {
      items,
      suppliers: await partners(suppliers, 'supplier', 'S'),
      customers: await partners(customers, 'customer', 'C'),
    };
  }

  /** A working day, on which the clock goes on by twenty minutes a document. */
  async #day(books: Books, goodsIn: Client, dispatch: Client): Promise<void> {
    for (let document = 0; document < DOCUMENTS_A_DAY; document++) {
      this.#move(this.#aheadMs + 20 * MINUTE_MS);
      if (document % 3 === 0) await this.#receive(goodsIn, books);
      else await this.#dispatch(dispatch, books);
    }
    this.#move(this.#aheadMs + 16 * HOUR_MS);
  }

  async #workOn(books: Books, dispatch: Client): Promise<void> {
    while (!this.#evening.signal.aborted) {
      await this.#dispatch(dispatch, books);
      await passTime(SAVE_EVERY_MS);
    }
  }

  async #receive(client: Client, books: Books, items = this.#someOf(books)): Promise<void> {
    await client.call('receipts.create', {
      post: true,
      partnerId: this.#chance.pick(books.suppliers),
      lines: items.map(({ id, unit }) => ({ itemId: id, quantity: unit * 25 * this.#chance.integer(4, 40) })),
    });
  }

  async #dispatch(client: Client, books: Books): Promise<void> {
    await client.call('dispatches.create', {
      post: true,
      partnerId: this.#chance.pick(books.customers),
      lines: this.#someOf(books).map(({ id, unit }) => ({
        itemId: id,
        quantity: Math.ceil((unit * this.#chance.integer(1, 30)) / 2),
      })),
    });
  }

  async #correct(client: Client, books: Books): Promise<void> {
    const { id, unit } = this.#chance.pick(books.items);
    await client.call('adjustments.create', {
      post: true,
      lines: [{ itemId: id, quantity: this.#chance.pick([-1, 1]) * unit, reason: 'counted' }],
    });
  }

  #someOf(books: Books): Books['items'] {
    return this.#chance.shuffled(books.items).slice(0, this.#chance.integer(1, 5));
  }

  async #loseCore(signal: 'SIGKILL' | 'SIGSTOP', witness: Client): Promise<void> {
    const before = await until('a core', async () => (await this.server.status())?.core.pid ?? undefined);
    this.server.signal(before, signal);
    await this.#coreOtherThan(before, witness);
  }

  /** As an admin does it, so that the present life of the core begins with the shift. */
  async #restart(witness: Client): Promise<void> {
    const before = await until('a core', async () => (await this.server.status())?.core.pid ?? undefined);
    await this.server.ask((control) => control.call('restart', {}));
    await this.#coreOtherThan(before, witness);
  }

  async #coreOtherThan(pid: number, witness: Client): Promise<void> {
    await until('another core', async () => {
      const core = (await this.server.status())?.core.pid;
      return core != null && core !== pid ? true : undefined;
    });
    await portOf(this.server);
    // Answered: the desktops are on their way back.
    await witness.call('units.list', {});
  }
}
