// The only file that loads diskusage: how much this user may still write on the drive of a folder.

import { check } from 'diskusage';

/** Free bytes on a folder's drive, without what the file system keeps for root. Rejects with the system's error (ENOENT …). */
export async function freeBytes(folder: string): Promise<number> {
  return (await driveSpace(folder)).freeBytes;
}

/** As `freeBytes`, with the size of the drive. */
export async function driveSpace(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { available, total } = await check(folder);
  return { freeBytes: available, totalBytes: total };
}
