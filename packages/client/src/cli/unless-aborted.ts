// Waiting that Ctrl-C or a time-out ends, for what cannot be told to stop itself.

import { MasalaError } from '@masala/protocol';

/** The promise's outcome, or CANCELLED as soon as the signal aborts. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(new MasalaError('CANCELLED'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
