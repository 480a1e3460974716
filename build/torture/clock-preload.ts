// Loaded before everything else into each thread of a server whose clock the campaign sets: `Date` tells the true time
// plus what stands in a file. Timers and `performance` go on as they do when a real clock is set.
import { openSync, readSync } from 'node:fs';

const path = process.env.TORTURE_CLOCK;
if (path !== undefined) setClock(path);

function setClock(path: string): void {
  const file = openSync(path, 'r');
  const aheadMs = new Float64Array(1);
  const TrueDate = Date;
  const trueNow = Date.now;
  // Read anew each time (some 2 µs), so that all threads of all processes jump at once.
  const now = () => {
    readSync(file, aheadMs, 0, aheadMs.byteLength, 0);
    return trueNow() + (aheadMs[0] ?? 0);
  };
  TrueDate.now = now;
  globalThis.Date = new Proxy(TrueDate, {
    apply: () => new TrueDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  });
}
