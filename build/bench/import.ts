// The rate of an import beside the rate of saves that book the same documents: reported, not bounded.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectClient, importFile } from '@masala/client';
import type { BenchRow, BenchSetting } from './bench.ts';
import { startOurSupervisor } from './supervised.ts';

/** A day of the wholesaler's when the data is there, else a made one of the same size. */
const DAY = '../shared/data/retail/2011-11-23.csv';
const MADE_LINES = 3_000;
const LINES_PER_DOCUMENT = 20;

export async function benchImport({ folder, root, say }: BenchSetting): Promise<BenchRow[]> {
  say('import: a day of dispatches beside saves of the same documents');
  mkdirSync(folder, { recursive: true });
  const file = existsSync(join(root, DAY)) ? join(root, DAY) : makeDay(join(folder, 'day.csv'));
  const map = JSON.parse(readFileSync(join(root, 'docs/examples/retail-map.json'), 'utf8'));
  const server = await startOurSupervisor(join(folder, 'import'));
  const client = connectClient(server.profile);
  try {
    const importFrom = performance.now();
    const report = await importFile(client, { kind: 'dispatches', path: file, map, openingStock: true });
    const importMs = performance.now() - importFrom;
    const savesMs = await saveTheSame(client, report.documents, Math.round(report.lines / report.documents));
    const linesPerSecond = (ms: number) => (report.lines * 1000) / ms;
    return [
      {
        name: `import of ${report.lines} lines in ${report.documents} documents`,
        unit: 'lines/s',
        ours: linesPerSecond(importMs),
        peer: linesPerSecond(savesMs),
        peerName: 'saves of as many documents, 64 in flight',
        ratio: savesMs / importMs,
      },
    ];
  } finally {
    client.close();
    await server.stop();
  }
}

/** Posts as many receipts with as many lines as the import booked, 64 at a time; gives the time it took. */
async function saveTheSame(
  client: ReturnType<typeof connectClient>,
  documents: number,
  linesEach: number,
): Promise<number> {
  const { items } = await client.call('items.list', { limit: 200 });
  const lines = Array.from({ length: linesEach }, (_, index) => ({
    itemId: items[index % items.length]?.id ?? '',
    quantity: 1,
  }));
  const from = performance.now();
  let left = documents;
  const lane = async () => {
    while (left-- > 0) await client.call('receipts.create', { lines, post: true });
  };
  await Promise.all(Array.from({ length: 64 }, lane));
  return performance.now() - from;
}

function makeDay(path: string): string {
  const rows = ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'];
  for (let line = 0; line < MADE_LINES; line++) {
    const invoice = 900_000 + Math.floor(line / LINES_PER_DOCUMENT);
    rows.push(
      `${invoice},ITEM${line % 500},ITEM ${line % 500},${1 + (line % 12)},2026-01-05 08:00:00,1.25,,`,
    );
  }
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}
