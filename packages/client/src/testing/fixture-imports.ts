// The import methods of a fixture server: keeps what was sent, refuses the lines that say BAD, and forgets an import
// with its connection, as the real one does.

import { eventFrame, MasalaError } from '@masala/protocol';
import { FIXTURE_ID, type FixtureConnection, type FixtureServer } from './fixture-server.ts';

interface Upload {
  readonly connection: FixtureConnection;
  bytes: Buffer;
}

/** Refused rows on one page of an answer. */
const PAGE_ROWS = 2;

/** Adds imports to a fixture; returns what was received by the imports that ran to their end. */
export function addImports(server: FixtureServer): { readonly files: string[] } {
  const files: string[] = [];
  let upload: Upload | undefined;
  const current = (connection: FixtureConnection): Upload => {
    if (upload?.connection !== connection) throw new MasalaError('IMPORT_UNKNOWN');
    return upload;
  };
  server.on('imports.begin', ({ connection }) => {
    upload = { connection, bytes: Buffer.alloc(0) };
    return { importId: FIXTURE_ID };
  });
  server.on('imports.chunk', ({ params, connection }) => {
    const present = current(connection);
    if (params['offset'] !== present.bytes.length) throw new MasalaError('IMPORT_FILE_INCOMPLETE');
    present.bytes = Buffer.concat([present.bytes, params['bytes'] as Uint8Array]);
    return { receivedBytes: present.bytes.length };
  });
  server.on('imports.run', ({ connection }) => {
    const text = current(connection).bytes.toString();
    files.push(text);
    const lines = text.trimEnd().split('\n').slice(1);
    const progress = {
      importId: FIXTURE_ID,
      phase: 'booking',
      linesDone: lines.length,
      linesTotal: lines.length,
    };
    connection.send(eventFrame('import.progress', progress));
    const refused = refusedRows(text);
    return {
      lines: lines.length,
      booked: { dispatches: lines.length - refused.length, returns: 0, writeOffs: 0, receipts: 0, items: 0 },
      skipped: 0,
      refusedTotal: refused.length,
      refused: refused.slice(0, PAGE_ROWS),
      alreadyBooked: 0,
      documents: 1,
      itemsCreated: 0,
      openingStock: null,
    };
  });
  server.on('imports.refused', ({ params, connection }) => {
    const rest = refusedRows(current(connection).bytes.toString()).filter(
      ({ line }) => line > Number(params['after']),
    );
    const page = rest.slice(0, PAGE_ROWS);
    return { refused: page, next: rest.length > PAGE_ROWS ? page.at(-1)?.line : null };
  });
  return { files };
}

function refusedRows(text: string): { line: number; value: string; reason: string }[] {
  return text
    .split('\n')
    .map((value, index) => ({ line: index + 1, value, reason: 'IMPORT_ROW_INVALID: bad' }))
    .filter(({ value }) => value.includes('BAD'));
}
