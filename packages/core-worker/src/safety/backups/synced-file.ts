// A large new file that reaches the disk piece by piece, so that no save's own fsync has to wait for all of it.

import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { limits } from '@masala/protocol/tables';

export class SyncedFile {
  bytes = 0;
  readonly #descriptor: number;
  #unsynced = 0;

  /** Makes the file, mode 0600. Throws EEXIST where there is one. */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  write(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; ) {
      const written = writeSync(this.#descriptor, chunk, from, chunk.length - from);
      from += written;
      this.bytes += written;
      this.#unsynced += written;
    }
    if (this.#unsynced < limits.backupSyncBytes) return;
    fdatasyncSync(this.#descriptor);
    this.#unsynced = 0;
  }

  /** Has all of it on the disk. */
  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
