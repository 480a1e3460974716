// The test runner's settings; run by `npm test`, which starts jest with ES modules switched on.
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/packages/**/*.test.ts', '<rootDir>/build/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/build/jest-transform.mjs' },
  // Tests start processes of their own; with more than two files at once they starve each other on a small machine.
  maxWorkers: 2,
  // A bound for what hangs, far above what the slowest test takes on a busy machine; no test measures time with it.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/build/summary-reporter.mjs'],
};

export default config;
