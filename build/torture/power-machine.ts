// A server on a machine whose power can be cut: its processes run on the layer, and after a cut its folders are put into one
// of the states in which a real disk might be.
import { mkdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ServerStatus } from '@masala/protocol/control';
import type { Chance } from './chance.ts';
import { Disk, type DiskState, writeState } from './faults/disk.ts';
import { Layer } from './faults/layer.ts';
import { readOperations } from './faults/operations.ts';
import { ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/**
 * Starts without limit, since each of them follows a cut and no death of the core's. Backups come every two seconds, so that
 * cuts meet them; a sync takes up to a millisecond, so that others write meanwhile.
 */
const settings = ['restart.budget=0', 'restart.backoffMs=0', 'backup.intervalMs=2000', 'connections.max=64'];
const SYNC_DELAY_US = 1_000;

export class PowerMachine {
  readonly server: ServerProcess;
  readonly layer: Layer;
  readonly dataDir: string;
  /** The folders whose files a cut may harm: the data directory, and the second drive. */
  readonly #roots: readonly string[];
  #disk: Disk;
  #state: DiskState = new Map();

  /** @param shared the compiled layer */
  constructor(tree: string, shared: string) {
    const environment: Record<string, string> = {};
    const set = [...settings];
    this.server = new ServerProcess({ tree, set, environment });
    const folder = realpathSync(this.server.folder);
    this.dataDir = join(folder, 'data');
    const second = join(folder, 'second');
    this.#roots = [this.dataDir, second];
    for (const root of this.#roots) mkdirSync(root, { mode: 0o700 });
    set.push(`backup.secondFolder=${second}`);
    this.layer = new Layer({ folder, shared, roots: this.#roots, logsOperations: true });
    this.layer.syncDelayUs = SYNC_DELAY_US;
    Object.assign(environment, this.layer.environment);
    this.#disk = new Disk(this.#roots);
  }

  /** The power is back: the machine boots, and the server is started. The caller waits for what it wants. */
  powerOn(): void {
    this.layer.forgetOperations();
    this.layer.bootAnew();
    this.#disk = new Disk(this.#roots);
    this.server.start();
  }

  /** Nothing runs any more, wherever it was; the disk is then in one of its possible states. */
  async powerOff(chance: Chance): Promise<void> {
    this.layer.cutNow();
    await this.server.killAll();
    this.#disk.apply(readOperations(this.layer.log));
    this.#state = this.stateAfterCut(chance);
    writeState(this.#state, this.#roots);
  }

  /** With which the server goes on after the newest cut. */
  get state(): DiskState {
    return this.#state;
  }

  /** Another state in which the disk might be after the same cut. */
  stateAfterCut(chance: Chance): DiskState {
    return this.#disk.afterPowerCut(chance);
  }

  /** Waits until the operations are made after which the power goes, or until there will be no more of them. */
  async cutOr(isOver: () => boolean | Promise<boolean>): Promise<void> {
    await until(
      () => `the cut, at operation ${this.layer.operations}; output:\n${this.server.outputTail()}`,
      async () => (this.layer.isCut || (await isOver()) ? true : undefined),
    );
  }

  /** Waits until the server serves. Throws where it comes to another end: a cut leaves nothing that needs a person. */
  async serves(): Promise<ServerStatus> {
    let last: ServerStatus | null = null;
    return await until(
      () => `the server to serve; last status ${JSON.stringify(last)}; output:\n${this.server.outputTail()}`,
      async () => {
        last = await this.server.status();
        if (last === null) return undefined;
        if (last.state === 'recovery' || last.state === 'stopped') {
          throw new Error(`after the power cut the server is in ${last.state}: ${JSON.stringify(last)}`);
        }
        return last.state === 'running' && last.port !== null ? last : undefined;
      },
    );
  }

  /** Writes down what the server found after the newest cut, for a person to look at. */
  keepEvidence(): void {
    const copies = new Map<string, Buffer | 'folder'>();
    const { folder } = this.server;
    for (const [path, content] of this.#state)
      copies.set(join(folder, 'after-cut', relative(folder, path)), content);
    mkdirSync(join(folder, 'after-cut'), { recursive: true });
    writeState(copies, [join(folder, 'after-cut')]);
  }

  close(): void {
    this.layer.close();
  }
}
