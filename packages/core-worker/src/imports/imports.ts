// The calls of an import: takes the file in chunks, has it read in the pool and books what was read.

import { randomUUID } from 'node:crypto';
import { limits, MasalaError, type Params, type Result } from '@masala/protocol';
import type { LogLine } from '../log.ts';
import type { CallContext, ReadHandlers } from '../rpc/handlers.ts';
import type { Pool } from '../store/pool.ts';
import type { Reader } from '../store/reader.ts';
import type { Writer } from '../store/writer.ts';
import { Booking } from './book-documents.ts';
import { mapProblems } from './classification.ts';
import type { ImportClock } from './derived-command.ts';
import { ImportTally } from './import-tally.ts';
import type { ReadMessage } from './read-file.ts';
import { RefusedRows } from './refused-rows.ts';
import { Upload } from './upload.ts';

export interface ImportParts {
  readonly writer: Pick<Writer, 'submit'>;
  readonly reader: Reader;
  readonly pool: Pick<Pool, 'run'>;
  /** Where files wait while they arrive: `run/imports` of the data directory. */
  readonly directory: string;
  readonly clock: ImportClock;
  readonly log: LogLine;
}

export type ImportMethods = 'imports.begin' | 'imports.chunk' | 'imports.run' | 'imports.refused';

interface OpenImport {
  readonly sessionId: string;
  readonly request: Params<'imports.begin'>;
  readonly upload: Upload;
  running: boolean;
}

/** A bar that moves four times a second moves; more would only be events. */
const PROGRESS_INTERVAL_MS = 250;

/** The handlers of the imports' methods. Before the first one `clearLeftovers(directory)` must have run. */
export function importReads(parts: ImportParts): ReadHandlers<ImportMethods> {
  const imports = new Imports(parts);
  return {
    'imports.begin': (params, call) => imports.begin(params, call),
    'imports.chunk': (params, call) => imports.chunk(params, call),
    'imports.run': (params, call) => imports.run(params, call),
    'imports.refused': (params, call) => imports.refused(params, call),
  };
}

class Imports {
  readonly #parts: ImportParts;
  readonly #open = new Map<string, OpenImport>();
  /** Of each session the last import that ended: its refused rows are asked for page by page. */
  readonly #ended = new Map<string, { readonly importId: string; readonly refused: RefusedRows }>();
  readonly #sessions = new Set<string>();
  /** Places taken by imports whose file is being made. */
  #beginning = 0;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  async begin(request: Params<'imports.begin'>, call: CallContext): Promise<Result<'imports.begin'>> {
    const problems = mapProblems(request.kind, request.map);
    if (problems.length > 0) throw new MasalaError('IMPORT_MAP_INVALID', { problems });
    if (request.sizeBytes > limits.importFileMaxBytes) {
      throw new MasalaError('IMPORT_FILE_TOO_LARGE', { limitBytes: limits.importFileMaxBytes });
    }
    if (this.#open.size + this.#beginning >= limits.importsOpenMax) throw new MasalaError('IMPORTS_TOO_MANY');
    const importId = randomUUID();
    this.#beginning += 1;
    try {
      this.#endWithSession(call);
      const upload = await Upload.begin(this.#parts.directory, importId, request.sizeBytes);
      if (!this.#sessions.has(call.sessionId)) {
        await upload.end();
        throw new MasalaError('CANCELLED');
      }
      this.#open.set(importId, { sessionId: call.sessionId, request, upload, running: false });
    } finally {
      this.#beginning -= 1;
    }
    return { importId };
  }

  async chunk(
    { importId, offset, bytes }: Params<'imports.chunk'>,
    call: CallContext,
  ): Promise<Result<'imports.chunk'>> {
    const { upload } = this.#find(importId, call);
    return { receivedBytes: await upload.append(offset, bytes) };
  }

  async run({ importId }: Params<'imports.run'>, call: CallContext): Promise<Result<'imports.run'>> {
    const found = this.#find(importId, call);
    await found.upload.complete();
    // Asked again after the wait: only one of two calls may run it.
    this.#find(importId, call).running = true;
    const { log, clock } = this.#parts;
    const { kind, fileName, sizeBytes } = found.request;
    const startedAt = clock.now();
    log('import.started', { importId, kind, fileName, sizeBytes, deviceId: call.deviceId });
    const refused = new RefusedRows();
    try {
      const report = await this.#readAndBook(importId, found, call, new ImportTally(refused));
      const { refused: _, ...counts } = report;
      log('import.ended', { importId, ...counts, elapsedMs: clock.now() - startedAt });
      if (this.#sessions.has(call.sessionId)) this.#ended.set(call.sessionId, { importId, refused });
      return report;
    } catch (error) {
      const code = error instanceof MasalaError ? error.code : 'INTERNAL';
      log('import.failed', { importId, code, elapsedMs: clock.now() - startedAt });
      throw error;
    } finally {
      this.#open.delete(importId);
      await this.#discard(importId, found.upload);
    }
  }

  refused({ importId, after }: Params<'imports.refused'>, call: CallContext): Result<'imports.refused'> {
    const ended = this.#ended.get(call.sessionId);
    if (ended?.importId !== importId) throw new MasalaError('IMPORT_UNKNOWN');
    return ended.refused.page(after);
  }

  async #readAndBook(
    importId: string,
    { request, upload }: OpenImport,
    call: CallContext,
    tally: ImportTally,
  ): Promise<Result<'imports.run'>> {
    const { writer, reader, pool, clock } = this.#parts;
    const { kind, map, sizeBytes, openingStock = false } = request;
    const { deviceId, signal } = call;
    const booking = new Booking(
      { writer, reader, clock, source: map.source, deviceId, signal },
      kind,
      tally,
      progress(importId, call, clock),
    );
    const databasePath = reader.database.name;
    try {
      await pool.run(
        'imports.read',
        { path: upload.path, sizeBytes, databasePath, kind, map, openingStock },
        { signal, onMessage: (message) => booking.take(message as ReadMessage) },
      );
      await booking.finish();
    } catch (error) {
      // However the signal's end was met, it is told in one way.
      throw signal.aborted ? new MasalaError('CANCELLED', undefined, { cause: error }) : error;
    }
    return tally.report();
  }

  #find(importId: string, call: CallContext): OpenImport {
    const found = this.#open.get(importId);
    if (found === undefined || found.sessionId !== call.sessionId || found.running) {
      throw new MasalaError('IMPORT_UNKNOWN');
    }
    return found;
  }

  /** What a session began ends with it; a run that is under way is stopped by its call's signal. */
  #endWithSession(call: CallContext): void {
    const { sessionId } = call;
    if (this.#sessions.has(sessionId)) return;
    this.#sessions.add(sessionId);
    call.onEnd(() => {
      this.#sessions.delete(sessionId);
      this.#ended.delete(sessionId);
      for (const [importId, { sessionId: owner, upload, running }] of this.#open) {
        if (owner !== sessionId || running) continue;
        this.#open.delete(importId);
        void this.#discard(importId, upload);
      }
    });
  }

  /** Never rejects: a report must not be lost to a file that another program holds. The next start clears it. */
  async #discard(importId: string, upload: Upload): Promise<void> {
    try {
      await upload.end();
    } catch (error) {
      this.#parts.log('import.file.left', { importId, error });
    }
  }
}

function progress(importId: string, call: CallContext, clock: ImportClock) {
  let told = Number.NEGATIVE_INFINITY;
  return (phase: 'reading' | 'booking', linesDone: number, linesTotal: number): void => {
    const now = clock.now();
    if (now - told < PROGRESS_INTERVAL_MS) return;
    told = now;
    call.send('import.progress', { importId, phase, linesDone, linesTotal });
  };
}
