// Tells the system's errors apart by their codes.

/**
 * Whether something thrown carries one of these codes (ENOENT, EACCES …). It looks at the shape, not at the class: an
 * error from another realm (a test's sandbox, a worker) is no instance of this realm's Error.
 */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return typeof error.code === 'string' && codes.includes(error.code);
}
