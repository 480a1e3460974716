// What @masala/client offers: finding and pairing a server, and typed calls and events over a connection that heals.

export {
  type CallName,
  type CallOptions,
  type CallParams,
  isCallName,
  LATE_AFTER_MS,
  type Late,
} from './calls.ts';
export { Client, type ConnectOptions, connect } from './client.ts';
export { newCommandId } from './command-id.ts';
export type { ConnectionState } from './connection-state.ts';
export { type DiscoverOptions, discover, type FoundServer } from './discovery.ts';
export { type ImportOptions, type ImportProgress, importFile } from './import-file.ts';
export type { Branch } from './kept/branch.ts';
export type { Branched } from './kept/branch-watch.ts';
export type { KeptCommand } from './kept/kept-commands.ts';
export type { ResendOptions, Resent } from './kept/resend.ts';
export { type PairOptions, pair } from './pairing.ts';
export type { Address } from './pinned-tls.ts';
export {
  defaultProfileDirectory,
  type Profile,
  readProfile,
  readProfileIfAny,
  writeProfile,
} from './profile.ts';
export type { EventMessage } from './subscriptions.ts';
