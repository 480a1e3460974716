// The `@masala/protocol/durable-file` entry: small files that every process keeps whole through a power cut.

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Writes a file of mode 0600 that must not exist yet (else EEXIST), and has its content on the disk when it returns. */
export function writeNewFileDurably(path: string, content: string | Uint8Array): void {
  writeSynced(path, 'wx', content);
}

/** Replaces a file whole, mode 0600: after a crash there is the old content or the new one. The folder has to exist. */
export function replaceFileDurably(path: string, content: string | Uint8Array): void {
  const temporary = temporaryOf(path);
  try {
    writeSynced(temporary, 'w', content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/**
 * As `replaceFileDurably`, for a main loop that must not wait for a disk. One at a time for each file: two would share the
 * temporary one.
 */
export async function replaceFileDurablyAsync(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** With the pid, so that two programs that save at once do not write into each other's. */
function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}`);
}

/** Has the content of a file on the disk that another program or library has written. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Has the names in a folder on the disk. Windows cannot open a folder; there NTFS's own journal orders renames. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeSynced(path: string, flag: 'w' | 'wx', content: string | Uint8Array): void {
  const file = openSync(path, flag, 0o600);
  try {
    // Not writeSync, which may write less than it was given.
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
