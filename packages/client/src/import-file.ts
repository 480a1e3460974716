// Sends a file to the server and has it booked; starts anew when the connection goes, since nothing is booked twice.

import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type ErrorCode,
  type EventParams,
  ImportMap,
  limits,
  MasalaError,
  type Params,
  problemsOf,
  type Result,
  reasonOf,
} from '@masala/protocol';
import type { Client } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { RETRY_DELAY_MS } from './retry-delay.ts';

type Begin = Params<'imports.begin'>;

export type ImportProgress =
  | { readonly phase: 'sending'; readonly sentBytes: number; readonly sizeBytes: number }
  | EventParams<'import.progress'>;

export interface ImportOptions {
  readonly kind: Begin['kind'];
  readonly path: string;
  /** As read from the map's file; checked here. */
  readonly map: unknown;
  /** Books a receipt first that covers the file's demand. */
  readonly openingStock?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** The import begins anew, for the `restarts`-th time. */
  readonly onRestart?: (restarts: number, reason: MasalaError) => void;
  readonly clock?: Clock;
}

/** An import belongs to its connection: these say that it is gone, not that it was refused. */
const RESTARTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONNECTION_LOST',
  'DEADLINE_EXCEEDED',
  'IMPORT_UNKNOWN',
  'IMPORT_FILE_INCOMPLETE',
]);

/**
 * Imports a file and returns the server's report. Rejects with IMPORT_MAP_INVALID, IMPORT_FILE_TOO_LARGE or
 * IMPORT_FILE_UNREADABLE before anything is sent, CANCELLED, the server's refusal of the file as a whole, or, after
 * `limits.importRestartsMax` restarts, the last loss.
 */
export async function importFile(client: Client, options: ImportOptions): Promise<Result<'imports.run'>> {
  const problems = problemsOf(ImportMap, options.map);
  if (problems.length > 0) throw new MasalaError('IMPORT_MAP_INVALID', { problems });
  const clock = options.clock ?? systemClock;
  for (let restarts = 0; ; ) {
    try {
      return await runOnce(client, options);
    } catch (error) {
      const again = error instanceof MasalaError && (error.retryable || RESTARTED.has(error.code));
      if (!again || client.state.phase === 'ended' || restarts === limits.importRestartsMax) throw error;
      options.onRestart?.(++restarts, error);
    }
    await new Promise<void>((resolve) => void clock.after(RETRY_DELAY_MS, resolve));
  }
}

async function runOnce(client: Client, options: ImportOptions): Promise<Result<'imports.run'>> {
  const file = await readable(options.path, () => open(options.path));
  try {
    const { size } = await readable(options.path, () => file.stat());
    if (size > limits.importFileMaxBytes) {
      throw new MasalaError('IMPORT_FILE_TOO_LARGE', { bytes: size, limitBytes: limits.importFileMaxBytes });
    }
    const importId = await begin(client, options, size);
    const stopListening = client.subscribe(['import.progress'], (message) => {
      if (message.event === 'import.progress' && message.params.importId === importId) {
        options.onProgress?.(message.params);
      }
    });
    try {
      await send(client, file, size, importId, options);
      const report = await client.call('imports.run', { importId }, once(options));
      return { ...report, refused: await allRefused(client, importId, report, options) };
    } finally {
      stopListening();
    }
  } finally {
    await file.close();
  }
}

async function begin(client: Client, options: ImportOptions, sizeBytes: number): Promise<string> {
  const { kind, path, openingStock = false, signal } = options;
  const map = options.map as Begin['map'];
  const params = { kind, fileName: basename(path).slice(0, 255), sizeBytes, map, openingStock };
  const { importId } = await client.call('imports.begin', params, signal && { signal });
  return importId;
}

async function send(
  client: Client,
  file: FileHandle,
  sizeBytes: number,
  importId: string,
  options: ImportOptions,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(limits.importChunkBytes);
  for (let offset = 0; offset < sizeBytes; ) {
    const { bytesRead } = await readable(options.path, () => file.read(buffer, 0, buffer.length, offset));
    // The file became shorter while it was read; the server misses the rest and says so.
    if (bytesRead === 0) return;
    const bytes = buffer.subarray(0, bytesRead);
    await client.call(
      'imports.chunk',
      { importId, offset, bytes },
      options.signal && { signal: options.signal },
    );
    offset += bytesRead;
    options.onProgress?.({ phase: 'sending', sentBytes: offset, sizeBytes });
  }
}

/** The report carries the first page of the refused rows; none of them is ever dropped. */
async function allRefused(
  client: Client,
  importId: string,
  report: Result<'imports.run'>,
  options: ImportOptions,
): Promise<Result<'imports.run'>['refused']> {
  const refused = [...report.refused];
  while (refused.length < report.refusedTotal) {
    const after = refused.at(-1)?.line ?? 0;
    const page = await client.call('imports.refused', { importId, after }, once(options));
    refused.push(...page.refused);
    if (page.next === null || page.refused.length === 0) break;
  }
  return refused;
}

function once({ signal }: ImportOptions): { once: true; signal?: AbortSignal } {
  return signal === undefined ? { once: true } : { once: true, signal };
}

/** What the file system refuses, in a person's terms. */
async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = reasonOf(error);
    throw new MasalaError('IMPORT_FILE_UNREADABLE', { path, reason }, { cause: error });
  }
}
