// Unpacks a backup into a scratch file, and believes it only when its digest and size are those of its manifest.

import { createHash } from 'node:crypto';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { MasalaError } from '@masala/protocol/tables';
import type { PoolChannel } from '../../store/pool-task.ts';
import { reasonOf } from './backup-folders.ts';
import type { Manifest } from './manifest.ts';
import { SyncedFile } from './synced-file.ts';

/** Sent between chunks of long work: whole numbers that count up to `total`, and what is being done. */
export interface BackupProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** The compressed database and what its manifest says of it; a RestorePoint is one. */
export interface PackedBackup {
  readonly path: string;
  readonly manifest: Pick<Manifest, 'bytes' | 'sha256' | 'databaseBytes'>;
}

/** 1 MiB: large enough to be fast, small enough to stop between two. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Unpacks a backup into a new file, which is on the disk when it returns. To be run in the pool; sends BackupProgress with
 * the phase `unpack`. Throws BACKUP_DAMAGED (and leaves no file) where the content is not what was written, CANCELLED, and
 * the system's errors as they are.
 */
export async function unpackBackup(
  { path, manifest }: PackedBackup,
  scratchPath: string,
  channel: PoolChannel,
): Promise<void> {
  expectSize(path, manifest.bytes);
  try {
    await unpackInto(path, manifest, scratchPath, channel);
  } catch (error) {
    rmSync(scratchPath, { force: true });
    throw isUnpackFault(error) ? damaged(`it cannot be unpacked: ${reasonOf(error)}`) : error;
  }
}

async function unpackInto(
  path: string,
  manifest: PackedBackup['manifest'],
  scratchPath: string,
  channel: PoolChannel,
): Promise<void> {
  const hash = createHash('sha256');
  const source = readInChunks(path, 'unpack', manifest.bytes, channel, (chunk) => hash.update(chunk));
  const file = new SyncedFile(scratchPath);
  try {
    await pipeline(source, createZstdDecompress(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        // A damaged stream may claim any size.
        if (file.bytes + chunk.length > manifest.databaseBytes) throw damaged('it unpacks to too much');
        file.write(chunk);
      }
    });
    if (hash.digest('hex') !== manifest.sha256) throw damaged('its digest is not that of its manifest');
    if (file.bytes !== manifest.databaseBytes) throw damaged('it unpacks to too little');
    file.sync();
  } finally {
    file.close();
  }
}

/** Reads a backup's file and compares its digest with the manifest's. Throws as `unpackBackup` does; phase `digest`. */
export async function compareDigest({ path, manifest }: PackedBackup, channel: PoolChannel): Promise<void> {
  expectSize(path, manifest.bytes);
  const hash = createHash('sha256');
  for await (const chunk of readInChunks(path, 'digest', manifest.bytes, channel)) hash.update(chunk);
  if (hash.digest('hex') !== manifest.sha256) throw damaged('its digest is not that of its manifest');
}

/** A file's chunks, with progress and the caller's "stop" between them. */
export async function* readInChunks(
  path: string,
  phase: string,
  total: number,
  channel: PoolChannel,
  onChunk: (chunk: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    channel.throwIfStopped();
    onChunk(chunk);
    yield chunk;
    done += chunk.length;
    await channel.send({ phase, done, total } satisfies BackupProgress);
  }
}

function expectSize(path: string, bytes: number): void {
  const found = statSync(path, { throwIfNoEntry: false })?.size;
  if (found === undefined) throw damaged('its file is missing');
  if (found !== bytes) throw damaged(`its file has ${found} bytes instead of ${bytes}`);
}

function damaged(reason: string): MasalaError {
  return new MasalaError('BACKUP_DAMAGED', { reason });
}

/** zlib's word for a stream that is cut (Z_BUF_ERROR), and zstd's for one that is none. */
function isUnpackFault(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && (code.startsWith('ZSTD_') || code.startsWith('Z_'));
}
