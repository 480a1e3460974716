// The file of an import while it arrives: appended in order to a temporary file, which goes when the import ends.

import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MasalaError } from '@masala/protocol';
import { hasErrorCode } from '@masala/protocol/control';

const UPLOAD_ENDING = '.upload';
/** With 100 ms more between each two: some 5 s, far longer than a task takes to look whether it was stopped. */
const REMOVE_TRIES = 10;

/** Removes what a core that died left behind: its imports have ended with their connections. */
export async function clearLeftovers(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (name.endsWith(UPLOAD_ENDING)) await rm(join(directory, name), { force: true });
  }
}

export class Upload {
  readonly path: string;
  readonly #sizeBytes: number;
  readonly #file: FileHandle;
  #receivedBytes = 0;
  /** Chunks arrive before the ones ahead of them are written: each waits for its turn. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @throws MasalaError DISK_FULL */
  static async begin(directory: string, importId: string, sizeBytes: number): Promise<Upload> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `${importId}${UPLOAD_ENDING}`);
    const file = await open(path, 'wx', 0o600).catch(rethrow);
    return new Upload(path, file, sizeBytes);
  }

  private constructor(path: string, file: FileHandle, sizeBytes: number) {
    this.path = path;
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  /**
   * Appends, or acknowledges again what was received already; gives how many bytes there are.
   *
   * @throws MasalaError IMPORT_FILE_INCOMPLETE (bytes before these are missing), IMPORT_FILE_TOO_LARGE (more than was
   * announced), DISK_FULL
   */
  append(offset: number, bytes: Uint8Array): Promise<number> {
    const appended = this.#last.then(() => this.#append(offset, bytes));
    // The next chunk looks at what is there itself; this one's caller is told what became of it.
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async #append(offset: number, bytes: Uint8Array): Promise<number> {
    if (this.#closed) throw new MasalaError('IMPORT_UNKNOWN');
    if (offset > this.#receivedBytes) {
      throw new MasalaError('IMPORT_FILE_INCOMPLETE', { receivedBytes: this.#receivedBytes });
    }
    if (offset < this.#receivedBytes) return this.#receivedBytes;
    if (offset + bytes.length > this.#sizeBytes) {
      throw new MasalaError('IMPORT_FILE_TOO_LARGE', { limitBytes: this.#sizeBytes });
    }
    try {
      for (let written = 0; written < bytes.length; ) {
        const rest = bytes.subarray(written);
        // At its place in the file, so that what a full disk broke off is written again by the next try.
        const { bytesWritten } = await this.#file.write(rest, 0, rest.length, offset + written);
        written += bytesWritten;
      }
    } catch (error) {
      rethrow(error);
    }
    this.#receivedBytes += bytes.length;
    return this.#receivedBytes;
  }

  /** Resolves when every chunk that came before is written. Throws MasalaError IMPORT_FILE_INCOMPLETE. */
  async complete(): Promise<void> {
    await this.#last;
    if (this.#receivedBytes === this.#sizeBytes) return;
    throw new MasalaError('IMPORT_FILE_INCOMPLETE', { receivedBytes: this.#receivedBytes });
  }

  /** Closes and removes the file; may be called again. */
  async end(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    await this.#file.close();
    // Windows removes no file that the pool has open for a moment longer.
    await rm(this.path, { force: true, maxRetries: REMOVE_TRIES });
  }
}

/** A full disk in the caller's terms; everything else as it is. */
function rethrow(error: unknown): never {
  throw hasErrorCode(error, 'ENOSPC') ? new MasalaError('DISK_FULL') : error;
}
