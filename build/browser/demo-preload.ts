// Loaded into the server of the screenshots, whose clock runs sixteen times as fast as the world's: its core counts its metrics as
// much faster, so that half an hour of work takes two minutes, until its clock has come to the world's time.

/** The core's step of the metrics, and what it becomes. */
const METRICS_STEP_MS = 2_000;
const DEMO_STEP_MS = 125;

/** What the clocks may differ by at the same time: `performance` does not follow a clock that is set. */
const SAME_TIME_MS = 1_000;

function isBehind(): boolean {
  return Date.now() < performance.timeOrigin + performance.now() - SAME_TIME_MS;
}

if (process.argv[1]?.includes('core-worker') === true) {
  globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
    apply: (target, self, [run, delayMs, ...rest]) => {
      const isStep = delayMs === METRICS_STEP_MS && isBehind();
      return Reflect.apply(target, self, [run, isStep ? DEMO_STEP_MS : delayMs, ...rest]);
    },
  });
}
