// Pairing: a join code, read out across a room, becomes a device of the server that the code was made on.

import { randomBytes } from 'node:crypto';
import {
  type ErrorCode,
  type JoinCode,
  joinCodeTag,
  MasalaError,
  methods,
  problemsOf,
  type Result,
  readJoinCode,
} from '@masala/protocol';
import { Channel } from './channel.ts';
import { type Clock, systemClock } from './clock.ts';
import { discover } from './discovery.ts';
import { type ClientName, greet, libraryName } from './hello.ts';
import { type Address, CONNECT_TIMEOUT_MS, connectTls } from './pinned-tls.ts';
import type { Profile } from './profile.ts';

export interface PairOptions {
  /** As typed: case, spaces and hyphens do not matter. */
  readonly code: string;
  readonly deviceName: string;
  /** Where the server is; looked for on the network where it is not given. */
  readonly server?: Address;
  /** UDP. */
  readonly discoveryPort: number;
  /** The device's profile so far: pairing again with the same server keeps the device's id. */
  readonly previous?: Profile | undefined;
  readonly timeoutMs?: number;
  readonly client?: ClientName;
  readonly clock?: Clock;
}

/** As long as a server needs to start again, in case it is stopped just between question and answer. */
const PAIR_TIMEOUT_MS = 30_000;
/** Between two tries of the same secret and token; the person at the keyboard waits. */
const PAUSE_MS = 1_000;

/** Retryable, but only a person at the server mends them: told at once. */
const TOLD_AT_ONCE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['SERVER_IN_RECOVERY', 'SERVER_LOCKED']);

/**
 * Pairs this device and returns its profile, to be stored. Rejects with JOIN_CODE_MISTYPED before anything was sent,
 * SERVER_NOT_FOUND, CONNECTION_LOST, or the server's refusal.
 */
export async function pair(options: PairOptions): Promise<Profile> {
  const code = readJoinCode(options.code);
  if (code === undefined)
    throw new MasalaError('JOIN_CODE_MISTYPED', { reason: 'a code has 15 letters and digits' });
  const clock = options.clock ?? systemClock;
  const endMs = clock.nowMs() + (options.timeoutMs ?? PAIR_TIMEOUT_MS);
  const newToken = randomBytes(32).toString('base64url');
  let lastError = new MasalaError('SERVER_NOT_FOUND');
  for (;;) {
    try {
      return await tryCandidates(code, newToken, options, clock);
    } catch (error) {
      // The same secret with the same token is the same answer: a reply that was lost burns nothing.
      if (!(error instanceof MasalaError) || !error.retryable || TOLD_AT_ONCE.has(error.code)) throw error;
      lastError = error;
    }
    if (lastError.code === 'SERVER_NOT_FOUND' || clock.nowMs() + PAUSE_MS >= endMs) throw lastError;
    await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
  }
}

async function tryCandidates(
  code: JoinCode,
  newToken: string,
  options: PairOptions,
  clock: Clock,
): Promise<Profile> {
  if (options.server !== undefined) return pairWith(options.server, code, newToken, options, clock);
  const servers = await discover({ port: options.discoveryPort });
  if (servers.length === 0)
    throw new MasalaError('SERVER_NOT_FOUND', { discoveryPort: options.discoveryPort });
  // The tag picks the server that the code was made on; whether it is that server, its certificate has to prove.
  const fitting = servers.find(({ serverId }) => joinCodeTag(code.secret, serverId) === code.tag);
  if (fitting === undefined) {
    throw new MasalaError('JOIN_CODE_MISTYPED', { servers: servers.map(({ name }) => name) });
  }
  return pairWith(fitting, code, newToken, options, clock);
}

async function pairWith(
  target: Address,
  code: JoinCode,
  newToken: string,
  options: PairOptions,
  clock: Clock,
): Promise<Profile> {
  const { address, port } = target;
  let serverId = '';
  const judge = (shown: string) => {
    if (joinCodeTag(code.secret, shown) !== code.tag)
      throw new MasalaError('JOIN_CODE_MISTYPED', { address, port });
    serverId = shown;
  };
  const abort = new AbortController();
  const stopTimeout = clock.after(CONNECT_TIMEOUT_MS, () => abort.abort());
  try {
    const socket = await connectTls({ address, port }, judge, abort.signal);
    const channel = new Channel(socket, { clock, onEvent: () => undefined, onClosed: () => undefined });
    const late = new MasalaError('CONNECTION_LOST', { reason: 'no answer in time', address, port });
    abort.signal.addEventListener('abort', () => channel.close(late), { once: true });
    const hello = await greet(channel, options.client ?? libraryName);
    const token = options.previous?.serverId === serverId ? options.previous.token : newToken;
    const { deviceName, discoveryPort } = options;
    const paired = await askToPair(channel, { secret: code.secret, token, deviceName });
    channel.close(new MasalaError('CONNECTION_LOST', { reason: 'paired' }));
    const { deviceId, role } = paired;
    return { serverId, name: hello.name, address, port, discoveryPort, deviceId, deviceName, role, token };
  } finally {
    stopTimeout();
    abort.abort();
  }
}

async function askToPair(
  channel: Channel,
  params: { readonly secret: string; readonly token: string; readonly deviceName: string },
): Promise<Result<'session.pair'>> {
  const paired = await channel.ask('session.pair', params);
  const problems = problemsOf(methods['session.pair'].output, paired);
  if (problems.length > 0) throw new MasalaError('FRAME_MALFORMED', { method: 'session.pair', problems });
  return paired as Result<'session.pair'>;
}
