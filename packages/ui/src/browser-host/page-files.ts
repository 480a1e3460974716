// The files in run/ that sign a browser in: made for one sign-in, readable by this user alone, and gone after it.

import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder, writeWithReserve } from '@masala/protocol/control';
import { TOKEN_LIFETIME_MS } from './sign-in.ts';

const NAME = /^dashboard-[0-9a-f]{16}\.html$/;

interface PageFile {
  readonly path: string;
  readonly expiry: NodeJS.Timeout;
}

export class PageFiles {
  readonly #folder: string;
  readonly #onFault: (error: unknown) => void;
  readonly #byToken = new Map<string, PageFile>();

  /** `onFault` is told what could not be removed: it is worthless by then, and no reason to end. */
  constructor(dataDir: string, onFault: (error: unknown) => void) {
    this.#folder = runFolder(dataDir);
    this.#onFault = onFault;
  }

  /** Removes what an earlier host that was killed has left behind. */
  clear(): void {
    for (const name of this.#names()) if (NAME.test(name)) this.#removeFile(join(this.#folder, name));
  }

  /** Writes the file of a token. Throws when it cannot be written. Returns its path. */
  write(token: string, content: string): string {
    const path = join(this.#folder, `dashboard-${randomBytes(8).toString('hex')}.html`);
    // On a full disk in the reserve: that is when the dashboard is needed most.
    writeWithReserve(this.#folder, () => {
      rmSync(path, { force: true }); // what a first try on a full disk has left
      // Never into a file or through a link that somebody else has put there.
      writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    });
    const expiry = setTimeout(() => this.remove(token), TOKEN_LIFETIME_MS);
    this.#byToken.set(token, { path, expiry });
    return path;
  }

  /** Removes the file of a token; nothing happens where there is none. */
  remove(token: string): void {
    const file = this.#byToken.get(token);
    if (file === undefined) return;
    clearTimeout(file.expiry);
    this.#byToken.delete(token);
    this.#removeFile(file.path);
  }

  close(): void {
    for (const token of [...this.#byToken.keys()]) this.remove(token);
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      this.#onFault(error);
      return [];
    }
  }

  #removeFile(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      this.#onFault(error);
    }
  }
}
