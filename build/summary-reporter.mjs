// The last line of every `npm test`: `N passed, N failed[, N skipped]`, alone, for whoever counts (a CI, a person).

/**
 * @typedef {import('@jest/test-result').AggregatedResult} AggregatedResult
 * @typedef {Pick<AggregatedResult, 'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests' | 'numRuntimeErrorTestSuites'>} Counts
 */

/**
 * The closing line. A test file that could not be loaded counts as one failed test, since none of its own was counted.
 *
 * @param {Counts} results
 * @returns {string}
 */
export function closingLine(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Whether no test was executed: jest calls a run that skipped everything a success, but it proves nothing.
 *
 * @param {Counts} results
 * @returns {boolean}
 */
export function nothingRan(results) {
  return results.numPassedTests + results.numFailedTests === 0;
}

/** A test that failed may leave a process or a socket that keeps jest from ending; far longer than closing takes. */
const END_AFTER_MS = 15_000;

export default class SummaryReporter {
  #nothingRan = false;

  /**
   * @param {ReadonlySet<unknown>} _contexts
   * @param {AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    this.#nothingRan = nothingRan(results);
    // Jest puts its own summary behind every other reporter; only at the exit is nobody left to write after us.
    process.once('exit', () => process.stdout.write(`\n${closingLine(results)}\n`));
    // Not by jest's `forceExit`, which would end before the closing line is written. The exit code stays jest's.
    setTimeout(() => process.exit(), END_AFTER_MS).unref();
  }

  /** What makes jest's exit code 1 although no test failed. */
  getLastError() {
    return this.#nothingRan ? new Error('No test was executed.') : undefined;
  }
}
