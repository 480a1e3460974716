// A second drive as the server tells one: a folder on another device than the temporary folders of the tests.
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Requirement } from './requires.ts';

/** Linux has a file system in memory there. */
const MEMORY_DRIVE = '/dev/shm';

export const secondDrive: Requirement = {
  name: `another device at ${MEMORY_DRIVE}`,
  isMet: () => {
    const drive = statSync(MEMORY_DRIVE, { throwIfNoEntry: false });
    return drive?.isDirectory() === true && drive.dev !== statSync(tmpdir()).dev;
  },
};

/** A new folder on the second drive. The caller removes it. */
export function folderOnSecondDrive(): string {
  return mkdtempSync(join(MEMORY_DRIVE, 'masala-'));
}
