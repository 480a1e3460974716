// The opening stock: receipts that cover what a file takes out, for a warehouse that is counted from that file on.

import { limits, MasalaError } from '@masala/protocol';
import { type BookingParts, bookDerived } from './derived-command.ts';
import { derivedCommandId } from './derived-id.ts';

interface OpeningLine {
  readonly itemId: string;
  readonly quantity: number;
}

/**
 * Books the receipts, at most `limits.documentLinesMax` lines each.
 *
 * Their keys name the file's first document and nothing else of the file: neither its name (files are renamed) nor its
 * demand. So a corrected file, whose demand differs, meets the opening stock that the first one booked and leaves it: booking the
 * demand once more would double the stock without a sound, while a shortage is told line by line. Receipt 1 is booked
 * last: where it is there the others are too, and a run that was broken off before it completes them.
 *
 * @throws MasalaError when a receipt is refused: then nothing of the file may be booked, it would only be short
 */
export async function bookOpeningStock(
  parts: BookingParts,
  firstKey: string,
  demand: readonly OpeningLine[],
): Promise<{ documents: number; lines: number; alreadyBooked: boolean }> {
  if (isComplete(parts, firstKey)) return { documents: 0, lines: 0, alreadyBooked: true };
  const lines = demand.flatMap(linesOf);
  let documents = 0;
  let booked = 0;
  for (let part = Math.ceil(lines.length / limits.documentLinesMax); part >= 1; part--) {
    const ofPart = lines.slice((part - 1) * limits.documentLinesMax, part * limits.documentLinesMax);
    const key = keyOf(firstKey, part);
    const outcome = await bookDerived(parts, {
      documentClass: 'opening-stock',
      key,
      method: 'receipts.create',
      params: { post: true, reference: key.slice(0, limits.nameMaxLength), lines: ofPart },
    });
    if (outcome.outcome === 'refused') throw new MasalaError(outcome.code, { openingStock: key });
    if (outcome.outcome !== 'booked') continue;
    documents += 1;
    booked += ofPart.length;
  }
  return { documents, lines: booked, alreadyBooked: false };
}

function keyOf(firstKey: string, part: number): string {
  return `opening-stock:${firstKey}:${part}`;
}

/** With whatever content: a corrected file finds what the first one booked. */
function isComplete({ reader, source }: BookingParts, firstKey: string): boolean {
  for (let attempt = 0; attempt < limits.importAttemptsMax; attempt++) {
    const id = derivedCommandId(source, 'opening-stock', keyOf(firstKey, 1), attempt);
    const stored = reader.bookedCommand(id);
    if (stored === undefined) return false;
    if (stored.outcome === 'done') return true;
  }
  return false;
}

/** A line takes so much at most; what is more goes on in further lines. */
function linesOf({ itemId, quantity }: OpeningLine): OpeningLine[] {
  const lines: OpeningLine[] = [];
  for (let rest = quantity; rest > 0; rest -= limits.lineQuantityMax) {
    lines.push({ itemId, quantity: Math.min(rest, limits.lineQuantityMax) });
  }
  return lines;
}
