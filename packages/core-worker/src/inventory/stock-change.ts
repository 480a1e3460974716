// The arithmetic of stock: which movements a document's lines make, and what they do to the levels. Pure.

import { type DocumentKind, documentKinds, INTEGER_MAX } from '@masala/protocol/tables';

/** One line's effect on one lot, in the item's smallest unit: positive comes in, negative goes out. */
export interface StockMovement {
  readonly line: number;
  readonly itemId: string;
  readonly lotId: string;
  readonly quantity: number;
}

export interface Level {
  readonly itemId: string;
  readonly lotId: string;
  readonly quantity: number;
}

/** What is wrong with a lot of the document: `requested` over all its lines, and what is `available`. */
export interface StockProblem {
  /** The first line that takes from (or adds to) the lot. */
  readonly line: number;
  readonly itemId: string;
  readonly lotId: string;
  readonly requested: number;
  readonly available: number;
}

export interface StockChange {
  /** The levels as they will be, one for each lot of the document, in the order of the lines. */
  readonly levels: readonly Level[];
  /** Lots of which more goes out than there is. */
  readonly lacking: readonly StockProblem[];
  /** Lots that would hold more than an exact integer can say. */
  readonly tooLarge: readonly StockProblem[];
}

/** The movements of a document: a reversal's are the opposite of those that its lines make otherwise. */
export function movementsOf(
  kind: DocumentKind,
  isReversal: boolean,
  lines: readonly StockMovement[],
): StockMovement[] {
  const sign = isReversal ? -documentKinds[kind].sign : documentKinds[kind].sign;
  return lines.map(({ line, itemId, lotId, quantity }) => ({
    line,
    itemId,
    lotId,
    quantity: sign * quantity,
  }));
}

/**
 * What movements do to the levels. A lot's movements count as one sum, so that a document which takes and gives the
 * same lot is judged by its outcome. (A lot belongs to one item, so it is the key.)
 *
 * @param levelOf the present level of a lot; 0 where it has none
 */
export function changeStock(
  movements: readonly StockMovement[],
  levelOf: (itemId: string, lotId: string) => number,
): StockChange {
  const levels: Level[] = [];
  const lacking: StockProblem[] = [];
  const tooLarge: StockProblem[] = [];
  for (const [lotId, { itemId, change, ...first }] of sumByLot(movements)) {
    const available = levelOf(itemId, lotId);
    const problem = { itemId, lotId, requested: Math.abs(change), available };
    if (change < -available) lacking.push({ line: first.firstOut, ...problem });
    else if (change > INTEGER_MAX - available) tooLarge.push({ line: first.firstIn, ...problem });
    else levels.push({ itemId, lotId, quantity: available + change });
  }
  return { levels, lacking, tooLarge };
}

interface LotSum {
  readonly itemId: string;
  change: number;
  /** The first line that takes out, and that brings in; 0 where there is none. */
  firstOut: number;
  firstIn: number;
}

function sumByLot(movements: readonly StockMovement[]): Map<string, LotSum> {
  const sums = new Map<string, LotSum>();
  for (const { line, itemId, lotId, quantity } of movements) {
    let sum = sums.get(lotId);
    if (sum === undefined) {
      sum = { itemId, change: 0, firstOut: 0, firstIn: 0 };
      sums.set(lotId, sum);
    }
    sum.change += quantity;
    if (quantity < 0) sum.firstOut ||= line;
    else sum.firstIn ||= line;
  }
  return sums;
}
