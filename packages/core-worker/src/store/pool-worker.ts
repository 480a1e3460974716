// What runs in a thread of the pool: the list of its tasks.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { MasalaError, type WireError } from '@masala/protocol';
import { readImportFile } from '../imports/read-file.ts';
import { verifyLedger } from '../inventory/verify.ts';
import { makeBackup, packBackup } from '../safety/backups/make-backup.ts';
import { placeBackup, removeBackups } from '../safety/backups/place-backup.ts';
import { previewBackup } from '../safety/backups/preview.ts';
import { verifyBackup } from '../safety/backups/verify-backup.ts';
import { fullCheck, quickCheck } from '../safety/integrity/check-tasks.ts';
import { restore } from '../safety/restore/restore.ts';
import { salvage } from '../safety/salvage/salvage.ts';
import { checkpoint } from './checkpoint.ts';
import type { PoolChannel } from './pool-task.ts';

export const poolTasks = {
  checkpoint,
  'backup.make': makeBackup,
  'backup.pack': packBackup,
  'backup.verify': verifyBackup,
  'backup.place': placeBackup,
  'backup.preview': previewBackup,
  'backup.remove': removeBackups,
  'integrity.quick': quickCheck,
  'integrity.full': fullCheck,
  'ledger.verify': verifyLedger,
  'imports.read': readImportFile,
  restore,
  salvage,
};

export type PoolTasks = typeof poolTasks;
export type PoolTaskName = keyof PoolTasks;

/** What travels to a thread for one task. */
export interface PoolRequest {
  readonly task: PoolTaskName;
  readonly params: unknown;
  /** The line to the caller: messages go out, `taken` and `stop` come in. */
  readonly port: MessagePort;
}

/** A refusal travels as a value: an error's class and code do not survive the way between threads. */
export type PoolReply = { readonly result: unknown } | { readonly refusal: WireError };

/** Piscina calls it for each task. */
export async function runPoolTask({ task, params, port }: PoolRequest): Promise<PoolReply> {
  const channel = new PortChannel(port);
  try {
    const run = poolTasks[task] as (params: unknown, channel: PoolChannel) => unknown;
    return { result: await run(params, channel) };
  } catch (error) {
    if (error instanceof MasalaError) return { refusal: error.toWire() };
    throw error;
  } finally {
    port.close();
  }
}

class PortChannel implements PoolChannel {
  readonly #port: MessagePort;
  #stopped = false;
  #taken: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message) => this.#receive(message));
  }

  send(message: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      // Who gave up takes nothing any more: the task would hold its thread for ever.
      if (this.#stopped) return reject(new MasalaError('CANCELLED'));
      this.#taken = resolve;
      this.#port.postMessage(message);
    });
  }

  throwIfStopped(): void {
    // A task that computes for long never returns to the event loop: it has to look for itself.
    for (
      let next = receiveMessageOnPort(this.#port);
      next !== undefined;
      next = receiveMessageOnPort(this.#port)
    ) {
      this.#receive(next.message);
    }
    if (this.#stopped) throw new MasalaError('CANCELLED');
  }

  #receive(message: unknown): void {
    if (message === 'stop') this.#stopped = true;
    this.#taken?.();
    this.#taken = undefined;
  }
}
