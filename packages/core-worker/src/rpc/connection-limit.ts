// Pure rule: whether another connection may come in.

import { MasalaError } from '@masala/protocol';

export interface ConnectionCounts {
  readonly inAll: number;
  readonly ofAddress: number;
}

export interface ConnectionLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
}

/** TOO_MANY_CONNECTIONS, or undefined where there is room for one more from this address. */
export function connectionRefusal(
  address: string,
  counts: ConnectionCounts,
  { connectionsMax, connectionsPerAddressMax }: ConnectionLimits,
): MasalaError | undefined {
  if (counts.inAll >= connectionsMax) {
    return new MasalaError('TOO_MANY_CONNECTIONS', { limit: connectionsMax });
  }
  if (isLoopback(address) || counts.ofAddress < connectionsPerAddressMax) return undefined;
  return new MasalaError('TOO_MANY_CONNECTIONS', { limit: connectionsPerAddressMax, address });
}

/** The server PC's own programs: a broken one of them must not lock its owner out. */
function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}
