// Opens the profile's connection for one command: first contact, Ctrl-C, and a server that moved.

import { MasalaError } from '@masala/protocol';
import manifest from '../../package.json' with { type: 'json' };
import { type Client, connect } from '../client.ts';
import type { ConnectionState } from '../connection-state.ts';
import { type Profile, readProfile, writeProfile } from '../profile.ts';
import type { Globals } from './globals.ts';
import { remark } from './output.ts';

/** A wrong server at the address may be a mix-up that discovery mends; after so many tries it is told. */
const MISMATCHES_TOLD = 3;

/**
 * Runs `use` with a client of the profile's server and a signal that Ctrl-C aborts, and closes the client after it.
 * Rejects early where the server was never reached: it is another one, or `--timeout` has passed.
 */
export async function withClient<T>(
  globals: Globals,
  use: (client: Client, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stored = readProfile(globals.profile);
  const profile: Profile = {
    ...stored,
    ...globals.server,
    discoveryPort: globals.discoveryPort ?? stored.discoveryPort,
  };
  const client = connect({ ...profile, client: { name: 'masala', version: manifest.version } });
  client.on('moved', (address) => keep(globals.profile, { ...stored, ...address }));
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // Once: a second Ctrl-C ends the process at once, as people expect.
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  try {
    // In this order: where both end by the same time-out, that nothing was ever sent is the better news.
    return await Promise.race([neverReached(client, globals.timeout), use(client, interrupt.signal)]);
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    client.close();
  }
}

/** Rejects where the first contact fails for good; never resolves. */
function neverReached(client: Client, timeoutMs: number | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const why = () => client.reason ?? new MasalaError('CONNECTION_LOST', { reason: 'no answer in time' });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => reject(why()), timeoutMs);
    const look = (state: ConnectionState) => {
      if (state.phase === 'waiting' && state.failures >= MISMATCHES_TOLD) {
        if (state.reason.code === 'SERVER_IDENTITY_MISMATCH') reject(state.reason);
      }
      if (state.phase !== 'ready' && state.phase !== 'ended') return;
      clearTimeout(timer);
      client.off('state', look);
    };
    client.on('state', look);
  });
}

/** Remembers where the server is now; not being able to costs a search next time, no more. */
function keep(directory: string, profile: Profile): void {
  try {
    writeProfile(directory, profile);
    remark(`the server was found at ${profile.address}:${profile.port}`);
  } catch (error) {
    remark(`the server's new address could not be kept: ${error instanceof Error ? error.message : error}`);
  }
}
