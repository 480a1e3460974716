// What every `masala` command is told besides its own options, and how a command line's values are read.

import { isIPv6 } from 'node:net';
import type { Address } from '../pinned-tls.ts';

export interface Globals {
  readonly profile: string;
  readonly server?: Address;
  readonly discoveryPort?: number;
  readonly json?: boolean;
  readonly timeout?: number;
}

/** What a command ends with: the process's exit code. */
export type Outcome = Promise<number>;

/** `HOST:PORT` or `[IPv6]:PORT`; undefined for anything else. */
export function readAddress(typed: string): Address | undefined {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(typed) ?? [];
  if (host === undefined || port === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  const bracketed = /^\[(.*)\]$/.exec(host)?.[1];
  if (bracketed === undefined ? host.includes(':') : !isIPv6(bracketed)) return undefined;
  return { address: bracketed ?? host, port: Number(port) };
}

/** A whole number in a range; undefined for anything else. */
export function readInteger(typed: string, minimum: number, maximum: number): number | undefined {
  const value = /^\d{1,15}$/.test(typed) ? Number(typed) : Number.NaN;
  return value >= minimum && value <= maximum ? value : undefined;
}
