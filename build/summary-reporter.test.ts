// The closing line that a CI counts by.
import { closingLine, nothingRan } from './summary-reporter.mjs';

const nothing = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

test('names what passed and failed, and what was skipped only where something was', () => {
  expect(closingLine({ ...nothing, numPassedTests: 7, numFailedTests: 2 })).toBe('7 passed, 2 failed');
  const skipping = { ...nothing, numPassedTests: 7, numPendingTests: 1, numTodoTests: 2 };
  expect(closingLine(skipping)).toBe('7 passed, 0 failed, 3 skipped');
});

test('a file that could not be loaded is a failure', () => {
  expect(closingLine({ ...nothing, numRuntimeErrorTestSuites: 1 })).toBe('0 passed, 1 failed');
});

test('a run without a test is a fault', () => {
  expect(nothingRan({ ...nothing, numPendingTests: 3 })).toBe(true);
  expect(nothingRan({ ...nothing, numFailedTests: 1 })).toBe(false);
  expect(nothingRan({ ...nothing, numRuntimeErrorTestSuites: 1 })).toBe(true);
});
