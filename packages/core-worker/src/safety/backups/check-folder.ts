// Whether a folder can become the second backup folder: asked before the setting is written, so that a person hears it at once.

import { randomUUID } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type CoreControl, hasErrorCode, type ResultOf } from '@masala/protocol/control';
import { reasonOf } from '@masala/protocol/tables';
import { driveSpace } from '../disk-space/free-space.ts';
import { inTime, NoAnswerError } from '../in-time.ts';

type FolderChecked = ResultOf<CoreControl, 'backup.checkFolder'>;

/** Writes a small file into the folder and removes it. Never rejects, and waits for a drive that hangs only so long. */
export async function checkFolder(dataDir: string, folder: string): Promise<FolderChecked> {
  const refused = (problem: string): FolderChecked => ({ folder, problem, sameDisk: false, freeBytes: null });
  // The server may be started again from any folder.
  if (!isAbsolute(folder)) return refused('It has to be named in full, from the root of its drive.');
  try {
    return await inTime(folder, () => look(dataDir, folder));
  } catch (error) {
    return refused(problemOf(error));
  }
}

async function look(dataDir: string, folder: string): Promise<FolderChecked> {
  const [data, second] = await Promise.all([stat(dataDir), stat(folder)]);
  const problem = second.isDirectory() ? await writeProblem(folder) : 'It is a file, not a folder.';
  const { freeBytes } = await driveSpace(folder);
  return { folder, problem, sameDisk: data.dev === second.dev, freeBytes };
}

async function writeProblem(folder: string): Promise<string | null> {
  const file = join(folder, `.masala-check-${randomUUID()}`);
  try {
    await writeFile(file, 'Masala looks whether it can write here.\n', { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    return `It cannot be written to: ${reasonOf(error)}`;
  } finally {
    await rm(file, { force: true });
  }
}

function problemOf(error: unknown): string {
  if (hasErrorCode(error, 'ENOENT')) return 'There is no such folder. Is its drive plugged in?';
  if (hasErrorCode(error, 'ENOTDIR')) return 'A part of the path is a file, not a folder.';
  if (error instanceof NoAnswerError) return 'Its drive does not answer.';
  return `It cannot be used: ${reasonOf(error)}`;
}
