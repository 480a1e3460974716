// Chance that can be repeated: everything random in a campaign comes from its seed.

export interface Chance {
  /** From 0 to below 1. */
  fraction(): number;
  /** A whole number from `least` to `most`, both possible. */
  integer(least: number, most: number): number;
  pick<Value>(values: readonly Value[]): Value;
  /** The values in a random order. */
  shuffled<Value>(values: readonly Value[]): Value[];
}

/** mulberry32: 32 bits of state are enough to pick moments and acts, and the same seed gives the same ones anywhere. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  const pick = <Value>(values: readonly Value[]) => {
    const value = values[integer(0, values.length - 1)];
    if (value === undefined) throw new Error('there is nothing to pick from');
    return value;
  };
  const shuffled = <Value>(values: readonly Value[]) => {
    const order = [...values];
    for (let last = order.length - 1; last > 0; last--) {
      const other = integer(0, last);
      [order[last], order[other]] = [order[other] as Value, order[last] as Value];
    }
    return order;
  };
  return { fraction, integer, pick, shuffled };
}
