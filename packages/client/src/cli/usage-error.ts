// A command line that cannot be meant so: told with exit code 2, before anything is done.

export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
