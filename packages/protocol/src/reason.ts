// What is told of something that was thrown, where it becomes part of a sentence or of a log line.

/** What went wrong, for a sentence; anything can be thrown, not only an Error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
