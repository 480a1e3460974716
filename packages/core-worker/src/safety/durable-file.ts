// Small files that must survive a power cut: identity, revocations, settings.

import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Writes a file of mode 0600 that must not exist yet, and has it on the disk when it returns. */
export function writeNewFileDurably(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o600);
  writeAndClose(file, content);
}

/** Replaces a file whole: after a crash there is the old content or the new one. */
export function replaceFileDurably(path: string, content: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeAndClose(openSync(temporary, 'w', 0o600), content);
  renameSync(temporary, path);
  syncFolder(dirname(path));
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

function writeAndClose(file: number, content: string): void {
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
