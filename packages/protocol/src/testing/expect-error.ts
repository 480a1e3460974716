// Runs what has to throw a MasalaError and hands it out, so that a test can look at code and data.

import { MasalaError } from '../errors.ts';

/** The MasalaError that `act` throws; fails the test when it throws nothing or anything else. */
export function masalaErrorOf(act: () => unknown): MasalaError {
  try {
    act();
  } catch (error) {
    if (error instanceof MasalaError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
