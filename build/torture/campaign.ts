// What a torture campaign is to `npm run torture`: a name, what its options mean, and a run that ends in a verdict.

export interface Campaign {
  readonly name: string;
  /** One line for the list of campaigns. */
  readonly meaning: string;
  /** The options, a line each, for `npm run torture -- NAME --help`. */
  readonly options: readonly string[];
  /**
   * Runs it with the rest of the command line and prints its report. Returns the exit code: 0 = nothing was hurt,
   * 1 = something was. Throws UsageError for options that it does not know.
   */
  run(args: readonly string[]): Promise<number>;
}

/** The command line is wrong; the message is all that is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
