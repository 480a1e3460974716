// Loaded into the server of the screenshots, whose clock runs sixteen times as fast as the world's: its core counts its metrics as
// much faster, so that half an hour of work takes two minutes.

/** The core's step of the metrics, and what it becomes. */
const METRICS_STEP_MS = 2_000;
const DEMO_STEP_MS = 125;

if (process.argv[1]?.includes('core-worker') === true) {
  globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
    apply: (target, self, [run, delayMs, ...rest]) =>
      Reflect.apply(target, self, [run, delayMs === METRICS_STEP_MS ? DEMO_STEP_MS : delayMs, ...rest]),
  });
}
