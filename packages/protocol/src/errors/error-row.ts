// What each row of the error table says of an error.

export interface ErrorRow {
  /** One constant sentence: what happened. What varies travels in `data`. */
  readonly message: string;
  /** The same call may succeed later, unchanged. A retryable error never ends a client's write. */
  readonly retryable: boolean;
  /** What the person in front of the screen can do. */
  readonly hint: string;
}
