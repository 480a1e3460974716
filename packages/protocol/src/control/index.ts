// The `@masala/protocol/control` entry: for the programs of the server PC, never for client and renderer.

export { type ControlEndpoint, dataDirHash, endpointToCall, endpointToServe } from './addresses.ts';
export { type ConnectControlOptions, type ControlConnection, connectControl } from './connect.ts';
export * from './contract.ts';
export { processLives, processStartOf } from './process-identity.ts';
export { SUPERVISOR_STARTS_MAX, SUPERVISOR_WINDOW_MS, supervisorRevivalAt } from './revival-budget.ts';
export {
  type RunFile,
  type RunFileName,
  readRunFile,
  readRunFileAsync,
  removeRunFile,
  runFolder,
  type StartFlags,
  writeRunFile,
  writeRunFileAsync,
} from './run-files.ts';
export { misfit } from './schema.ts';
export { type ControlServer, type ServeControlOptions, serveControl } from './serve.ts';
export {
  keepSpaceReserve,
  releaseSpaceReserve,
  SPACE_FOR_START_BYTES,
  writeWithReserve,
  writeWithReserveAsync,
} from './space-reserve.ts';
export { hasErrorCode } from './system-error.ts';
export { controlToken, readControlToken } from './token.ts';
