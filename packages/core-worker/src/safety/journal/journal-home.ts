// The journal's place on the second drive: is it the place that it was, an empty mount point, or another drive?

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import { makeFolderInside } from '../backups/backup-folders.ts';

/** The place cannot be used now; the message is a reason for a person. */
export class HomeUnreachableError extends Error {
  override readonly name = 'HomeUnreachableError';
}

export interface JournalPlace {
  /** `<second folder>/masala-<server>/journal`. */
  readonly folder: string;
  readonly dataDir: string;
  readonly serverId: string;
}

/** What the data directory remembers of the place. */
interface Remembered {
  readonly folder: string;
  /** The second folder was on another device than the data directory. */
  readonly isOwnDevice: boolean;
}

const MARKER = 'marker.json';
const MARKER_MEANING =
  'The journal of a Masala server. Do not delete: it is what comes back after a disk has failed.';

/**
 * Finds the place, or makes it inside a second folder that is there. Gives whether a journal that was there before is gone
 * (deleted, or another drive under the same name): it is then begun anew, completely.
 *
 * Throws HomeUnreachableError where the folder is missing; where it was a drive of its own and is now on the disk of the
 * data (the drive is not mounted: a journal in its empty mount point would be no second copy, and hidden once it is back).
 * Throws what the file system does. Which server it belongs to stands in the folder's name.
 */
export function enterHome({ folder, dataDir, serverId }: JournalPlace): { isGone: boolean } {
  const second = dirname(dirname(folder));
  const isOwnDevice = deviceOf(second) !== statSync(dataDir).dev;
  const remembered = readRemembered(dataDir);
  const isKnown = remembered?.folder === folder;
  if (isKnown && remembered.isOwnDevice && !isOwnDevice) {
    throw new HomeUnreachableError(`the drive of ${second} is not mounted: it was a drive of its own before`);
  }
  const isGone = readIfThere(join(folder, MARKER)) === undefined;
  if (isGone) {
    makeFolderInside(second, folder);
    const marker = { meaning: MARKER_MEANING, serverId };
    replaceFileDurably(join(folder, MARKER), `${JSON.stringify(marker, null, 2)}\n`);
  }
  if (!isKnown || remembered.isOwnDevice !== isOwnDevice) {
    replaceFileDurably(rememberedPath(dataDir), `${JSON.stringify({ folder, isOwnDevice })}\n`);
  }
  return { isGone: isGone && isKnown };
}

function deviceOf(second: string): number {
  const found = statSync(second, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) throw new HomeUnreachableError(`the folder ${second} is not there`);
  return found.dev;
}

function rememberedPath(dataDir: string): string {
  return join(dataDir, 'journal-place.json');
}

function readRemembered(dataDir: string): Remembered | undefined {
  const text = readIfThere(rememberedPath(dataDir));
  const fields = text === undefined ? null : /"folder":(".*"),"isOwnDevice":(true|false)}/.exec(text);
  if (fields === null) return undefined;
  return { folder: JSON.parse(fields[1] ?? '""') as string, isOwnDevice: fields[2] === 'true' };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
