// Opens the profile's connection for one command: first contact, Ctrl-C, a server that moved or was restored.

import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { MasalaError } from '@masala/protocol';
import manifest from '../../package.json' with { type: 'json' };
import { type Client, connect } from '../client.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Branched } from '../kept/branch-watch.ts';
import { type Profile, readProfile, writeProfile } from '../profile.ts';
import { describeBranch } from './branch-words.ts';
import type { Globals } from './globals.ts';
import { remark } from './output.ts';

/** A wrong server at the address may be a mix-up that discovery mends; after so many tries it is told. */
const MISMATCHES_TOLD = 3;

/** After a restore a PC asks after 10,000 commands in 20 questions of some milliseconds; nobody waits longer for a warning. */
const COMPARISON_MAX_MS = 5_000;

/**
 * Runs `use` with a client of the profile's server and a signal that Ctrl-C aborts, and closes the client after it.
 * Rejects early where the server was never reached: it is another one, or `--timeout` has passed.
 */
export async function withClient<T>(
  globals: Globals,
  use: (client: Client, signal: AbortSignal) => Promise<T>,
  { warnOfBranch = true }: { readonly warnOfBranch?: boolean } = {},
): Promise<T> {
  const stored = readProfile(globals.profile);
  const profile: Profile = {
    ...stored,
    ...globals.server,
    discoveryPort: globals.discoveryPort ?? stored.discoveryPort,
  };
  const program = { name: 'masala', version: manifest.version };
  const client = connect({ ...profile, client: program, keepIn: globals.profile });
  client.once('keepingFailed', ({ message, data }) => remark(`${message} ${data?.['reason'] ?? ''}`));
  if (warnOfBranch) warnOnce(client);
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
    if (warnOfBranch && !interrupt.signal.aborted) await comparedIfReached(client);
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

/** Says that something of this PC is gone; it is not sent again before somebody says so. */
function warnOnce(client: Client): void {
  const warn = (branched: Branched) => {
    const said = describeBranch(branched);
    if (said === undefined) return;
    client.off('branched', warn);
    remark(`${said} Run \`masala resend\`.`);
  };
  client.on('branched', warn);
}

/** A short command may be done before the comparison is. */
async function comparedIfReached(client: Client): Promise<void> {
  if (client.state.phase !== 'ready') return;
  const compared = client.comparison().catch(() => undefined); // `keepingFailed` says why
  await Promise.race([compared, setTimeoutPromise(COMPARISON_MAX_MS, undefined, { ref: false })]);
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
