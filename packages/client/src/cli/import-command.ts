// `masala import KIND FILE --map MAP.json`: books a file, shows how far it is, and tells what became of every line.

import { readFileSync } from 'node:fs';
import { limits, MasalaError, type Result, reasonOf } from '@masala/protocol';
import { type ImportOptions, type ImportProgress, importFile } from '../import-file.ts';
import type { Globals, Outcome } from './globals.ts';
import { describeTable, printable, printJson, printText, remark } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { withClient } from './with-client.ts';

type Report = Result<'imports.run'>;

export async function importCommand(
  kind: ImportOptions['kind'],
  path: string,
  options: { readonly map: string; readonly openingStock?: boolean },
  globals: Globals,
): Outcome {
  const map = readMap(options.map);
  const bar = new ProgressBar(process.stderr);
  try {
    const report = await withClient(globals, (client, signal) =>
      importFile(client, {
        kind,
        path,
        map,
        signal,
        openingStock: options.openingStock === true,
        onProgress: (progress) => bar.show(...describeProgress(progress)),
        onRestart: (restarts, reason) => {
          bar.clear();
          remark(`${reason.message} The import starts anew; what was booked is not booked twice.`);
          remark(`(restart ${restarts} of at most ${limits.importRestartsMax})`);
        },
      }),
    );
    bar.clear();
    if (globals.json) printJson(report);
    else printText(describeReport(report));
    return report.refusedTotal > 0 ? 1 : 0;
  } catch (error) {
    bar.clear();
    if (error instanceof MasalaError && error.code === 'CANCELLED') {
      remark('the import was stopped. What was booked stays booked; run it again to book the rest.');
    }
    throw error;
  }
}

function readMap(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = reasonOf(error);
    throw new MasalaError('IMPORT_FILE_UNREADABLE', { path, reason }, { cause: error });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = `is not JSON: ${error instanceof Error ? error.message : error}`;
    throw new MasalaError('IMPORT_MAP_INVALID', { problems: [{ field: path, reason }] }, { cause: error });
  }
}

function describeProgress(progress: ImportProgress): [label: string, done: number, total: number] {
  if (progress.phase === 'sending') return ['sending', progress.sentBytes, progress.sizeBytes];
  return [progress.phase, progress.linesDone, progress.linesTotal];
}

function describeReport(report: Report): string {
  const { booked, openingStock } = report;
  const rows: [string, number][] = [
    ['lines in the file', report.lines],
    ['  booked as dispatches', booked.dispatches],
    ['  booked as receipts', booked.receipts],
    ['  booked as returns', booked.returns],
    ['  booked as write-offs', booked.writeOffs],
    ['  booked as items', booked.items],
    ['  booked by an earlier import', report.alreadyBooked],
    ['  skipped (no goods)', report.skipped],
    ['  refused', report.refusedTotal],
    ['documents booked', report.documents],
  ];
  if (openingStock !== null) rows.push(['lines of opening stock', openingStock.lines]);
  const shown = rows.filter(([name, count]) => count > 0 || !name.startsWith('  '));
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.map(([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(8)}`);
  if (report.refused.length > 0) {
    lines.push('', 'Refused rows (mend them and import the file again; the others are not booked twice):');
    lines.push(
      describeTable(
        report.refused.map(({ line, value, reason }) => ({ line, reason, value: printable(value) })),
      ),
    );
  }
  return lines.join('\n');
}
