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
