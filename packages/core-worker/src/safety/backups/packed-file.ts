// The compressed file: Zstandard frames, each behind a skippable frame that tells its length, as pzstd writes them; `zstd -d`
// unpacks it as well.
//
// Frame by frame, and not by node:zlib's stream: that would work on one of libuv's threads, at full priority beside the saves.

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { constants as priorities, setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { MasalaError, reasonOf } from '@masala/protocol/tables';
import type { PoolChannel } from '../../store/pool-task.ts';
import type { SyncedFile } from './synced-file.ts';

/** Sent between chunks of long work: whole numbers that count up to `total`, and what is being done. */
export interface BackupProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** What a frame holds: 2 MiB pack as well as a whole file (the level's window is as large), in 10 ms. */
const FRAME_CONTENT_BYTES = 2 * 1024 * 1024;
/** Content that cannot be compressed grows by a 256th; more than this is no frame of ours. */
const FRAME_MAX_BYTES = FRAME_CONTENT_BYTES + 64 * 1024;
/** Magic number and length of the skippable frame, and in it the length of the next one; each 4 bytes, little-endian. */
const HEADER_BYTES = 12;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_BYTES = 4;

const options = {
  params: {
    // Zstandard's own default packs a ledger to a fifth; 1 gains little time and costs a tenth in size.
    [constants.ZSTD_c_compressionLevel]: 3,
    // So that `zstd -t` notices a damaged file as well.
    [constants.ZSTD_c_checksumFlag]: 1,
  },
};

/** Compresses a file; gives the SHA-256 of what was written, in hexadecimal. */
export async function packFile(
  from: string,
  contentBytes: number,
  to: SyncedFile,
  channel: PoolChannel,
): Promise<string> {
  const hash = createHash('sha256');
  await readInChunks(from, 'compress', contentBytes, channel, (chunk) => {
    const packed = packChunk(chunk);
    hash.update(packed);
    to.write(packed);
  });
  return hash.digest('hex');
}

/** A frame behind its header. At most FRAME_CONTENT_BYTES of content. */
export function packChunk(chunk: Uint8Array): Buffer {
  const frame = zstdCompressSync(chunk, options);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  header.writeUInt32LE(SKIPPABLE_BYTES, 4);
  header.writeUInt32LE(frame.length, 8);
  return Buffer.concat([header, frame]);
}

/** Unpacks such a file; gives the SHA-256 of what was read. Throws BACKUP_DAMAGED where it is none. */
export async function unpackFile(
  from: string,
  packedBytes: number,
  to: SyncedFile,
  channel: PoolChannel,
): Promise<string> {
  const hash = createHash('sha256');
  const file = openSync(from, 'r');
  try {
    for (let done = 0; done < packedBytes; ) {
      channel.throwIfStopped();
      const header = readExactly(file, HEADER_BYTES);
      const frame = readExactly(file, frameBytes(header));
      hash.update(header);
      hash.update(frame);
      to.write(contentOf(frame));
      done += header.length + frame.length;
      await channel.send({ phase: 'unpack', done, total: packedBytes } satisfies BackupProgress);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Reads a file in chunks, with progress and the caller's "stop" between them. */
export async function readInChunks(
  path: string,
  phase: string,
  total: number,
  channel: PoolChannel,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(FRAME_CONTENT_BYTES);
    for (let done = 0; ; ) {
      channel.throwIfStopped();
      const bytes = readSync(file, chunk);
      if (bytes === 0) return;
      onChunk(chunk.subarray(0, bytes));
      done += bytes;
      await channel.send({ phase, done, total } satisfies BackupProgress);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Lets saves go first: the work of this thread is never urgent. For threads that do nothing else, since the way back up is
 * not allowed. Only Linux knows a priority of a thread; elsewhere this would be that of the whole server.
 */
export function letOthersGoFirst(): void {
  if (process.platform === 'linux' && !isMainThread)
    setPriority(0, priorities.priority.PRIORITY_BELOW_NORMAL);
}

export function damaged(reason: string): MasalaError {
  return new MasalaError('BACKUP_DAMAGED', { reason });
}

function frameBytes(header: Buffer): number {
  const isOurs = header.readUInt32LE(0) === SKIPPABLE_MAGIC && header.readUInt32LE(4) === SKIPPABLE_BYTES;
  const bytes = header.readUInt32LE(8);
  if (!isOurs || bytes > FRAME_MAX_BYTES) throw damaged('it cannot be unpacked: a header in it is damaged');
  return bytes;
}

function contentOf(frame: Buffer): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: FRAME_CONTENT_BYTES });
  } catch (error) {
    // All that can go wrong in memory is the frame's fault.
    throw damaged(`it cannot be unpacked: ${reasonOf(error)}`);
  }
}

function readExactly(file: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let read = 0; read < bytes; ) {
    const more = readSync(file, buffer, read, bytes - read, null);
    if (more === 0) throw damaged('it cannot be unpacked: it is cut');
    read += more;
  }
  return buffer;
}
