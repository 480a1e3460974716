// The last line of every `npm test`: `N passed, N failed[, N skipped]`, alone, for whoever counts (a CI, a person).

/** @typedef {import('@jest/test-result').AggregatedResult} AggregatedResult */

/**
 * The closing line. A test file that could not be loaded counts as one failed test, since none of its own was counted.
 *
 * @param {Pick<AggregatedResult, 'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests' | 'numRuntimeErrorTestSuites'>} results
 * @returns {string}
 */
export function closingLine(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export default class SummaryReporter {
  #nothingRan = false;

  /**
   * @param {ReadonlySet<unknown>} _contexts
   * @param {AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    this.#nothingRan = results.numPassedTests + results.numFailedTests === 0;
    // Jest puts its own summary behind every other reporter; only at the exit is nobody left to write after us.
    process.once('exit', () => process.stdout.write(`\n${closingLine(results)}\n`));
  }

  /** Jest calls a run that skipped everything a success; here it is a fault: it proves nothing. */
  getLastError() {
    return this.#nothingRan ? new Error('No test was executed.') : undefined;
  }
}
