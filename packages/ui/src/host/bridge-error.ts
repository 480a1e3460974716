// How a failure is told to the page: a row of the error table, filled in, and never a stack.

import { randomBytes } from 'node:crypto';
import { MasalaError } from '@masala/protocol';
import type { BridgeError } from '../bridge/bridge.ts';

/**
 * The error as it travels to the page. What is no row of the table is a fault of ours: it is told as INTERNAL with an
 * incident's id, and `onFault` gets the error itself with that id, for the log.
 */
export function bridgeErrorOf(
  error: unknown,
  onFault: (error: unknown, incidentId: string) => void,
): BridgeError {
  if (error instanceof MasalaError) {
    const { code, message, hint, incidentId, data } = error;
    return {
      code,
      message,
      hint,
      ...(incidentId === undefined ? {} : { incidentId }),
      ...(data === undefined ? {} : { data }),
    };
  }
  const incidentId = randomBytes(6).toString('hex');
  onFault(error, incidentId);
  return bridgeErrorOf(new MasalaError('INTERNAL', undefined, { incidentId }), onFault);
}
