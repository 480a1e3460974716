// The `@masala/protocol/tables` entry: the tables alone. The contract brings typebox along, which costs 30 MB of resident
// memory and 60 ms of start: too much for the supervisor, which has to stay small, and for the writer thread, whose start
// every restart waits for. The dashboard's page loads it too: nothing here may need Node.

export * from './age.ts';
export type { Role } from './contract/define.ts';
export * from './contract/document-kinds.ts';
export * from './errors.ts';
export * from './exit-codes.ts';
export * from './limits.ts';
export * from './log-events.ts';
export * from './notices.ts';
export * from './plural.ts';
export * from './reason.ts';
export * from './server-condition.ts';
export * from './settings.ts';
