// Pure rule: what each icon of the tray looks like, as pixels; icon-file.ts makes the desktop's file format of them.
//
// The colours differ in shape and sign too: one man in twelve does not tell red from green.

export type TrayColour = 'green' | 'amber' | 'red';

/** RGBA, row by row from the top, not premultiplied. */
export interface Pixels {
  readonly size: number;
  readonly bytes: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];
/** Whether a point of the unit square (0 to 1, from the top left) is covered. */
type Shape = (x: number, y: number) => boolean;

interface Drawing {
  readonly fill: Colour;
  readonly outline: Shape;
  readonly sign: Shape;
  readonly signFill: Colour;
}

const WHITE: Colour = [255, 255, 255];
const INK: Colour = [43, 29, 0];
/** Points looked at along each side of a pixel: 16 a pixel give edges that look smooth at 16 pixels. */
const SAMPLES = 4;

const drawings: Readonly<Record<TrayColour, Drawing>> = {
  /** A disc with a tick. */
  green: {
    fill: [22, 138, 84],
    outline: (x, y) => Math.hypot(x - 0.5, y - 0.5) <= 0.48,
    sign: (x, y) =>
      isNearLine(x, y, [0.26, 0.53], [0.43, 0.7], 0.075) ||
      isNearLine(x, y, [0.43, 0.7], [0.75, 0.34], 0.075),
    signFill: WHITE,
  },
  /** A triangle with an exclamation mark, dark: white on amber could not be read. */
  amber: {
    fill: [245, 166, 35],
    outline: (x, y) => y >= 0.04 && y <= 0.95 && Math.abs(x - 0.5) <= 0.03 + (y - 0.04) * 0.5,
    sign: (x, y) => isNearLine(x, y, [0.5, 0.4], [0.5, 0.62], 0.07) || Math.hypot(x - 0.5, y - 0.8) <= 0.075,
    signFill: INK,
  },
  /** A square with a cross. */
  red: {
    fill: [206, 44, 49],
    outline: (x, y) => Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5)) <= 0.45,
    sign: (x, y) =>
      isNearLine(x, y, [0.29, 0.29], [0.71, 0.71], 0.08) ||
      isNearLine(x, y, [0.71, 0.29], [0.29, 0.71], 0.08),
    signFill: WHITE,
  },
};

/** Draws one icon. */
export function drawIcon(colour: TrayColour, size: number): Pixels {
  const bytes = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      bytes.set(pixelAt(drawings[colour], column, row, size), (row * size + column) * 4);
    }
  }
  return { size, bytes };
}

function pixelAt(drawing: Drawing, column: number, row: number, size: number): number[] {
  let covered = 0;
  let signed = 0;
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) / size;
    const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
    if (!drawing.outline(x, y)) continue;
    covered += 1;
    if (drawing.sign(x, y)) signed += 1;
  }
  if (covered === 0) return [0, 0, 0, 0];
  const share = signed / covered;
  const mixed = drawing.fill.map((part, index) =>
    Math.round(part * (1 - share) + Number(drawing.signFill[index]) * share),
  );
  return [...mixed, Math.round((covered / (SAMPLES * SAMPLES)) * 255)];
}

type Point = readonly [x: number, y: number];

/** Whether a point is within `distance` of the line from `a` to `b`. */
function isNearLine(x: number, y: number, a: Point, b: Point, distance: number): boolean {
  const [alongX, alongY] = [b[0] - a[0], b[1] - a[1]];
  const along = ((x - a[0]) * alongX + (y - a[1]) * alongY) / (alongX ** 2 + alongY ** 2);
  const nearest = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - a[0] - nearest * alongX, y - a[1] - nearest * alongY) <= distance;
}
