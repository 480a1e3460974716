// The `@masala/protocol/tables` entry: the tables alone. The supervisor has to stay small, and the contract brings
// typebox along, which costs 30 MB of resident memory.

export * from './errors.ts';
export * from './exit-codes.ts';
export * from './limits.ts';
export * from './log-events.ts';
export * from './settings.ts';
