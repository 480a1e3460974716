// Before anything is opened: on a full disk a start takes the space that was kept for it.

import { releaseSpaceReserve, runFolder, SPACE_FOR_START_BYTES } from '@masala/protocol/control';

/** Gives back as much of the reserve as is missing to a start. A drive that does not tell is taken to have enough. */
export async function makeRoomForStart(
  dataDir: string,
  freeBytes: (folder: string) => Promise<number>,
): Promise<void> {
  const free = await freeBytes(dataDir).catch(() => Number.POSITIVE_INFINITY);
  const missing = SPACE_FOR_START_BYTES - free;
  if (missing > 0) releaseSpaceReserve(runFolder(dataDir), missing);
}
