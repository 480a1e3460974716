// The only file that loads diskusage: how much this user may still write on the drive of a folder.

import { check } from 'diskusage';

/** Free bytes on a folder's drive, without what the file system keeps for root. Rejects with the system's error (ENOENT …). */
export async function freeBytes(folder: string): Promise<number> {
  const { available } = await check(folder);
  return available;
}
