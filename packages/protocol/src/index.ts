// What @masala/protocol offers: everything that two processes must agree on, but for the control channel (./control).

export * from './age.ts';
export * from './beacon.ts';
export * from './canonical.ts';
export * from './contract/index.ts';
export * from './errors.ts';
export * from './exit-codes.ts';
export * from './join-code.ts';
export * from './limits.ts';
export * from './log-events.ts';
export * from './notices.ts';
export * from './problems.ts';
export * from './reason.ts';
export * from './settings.ts';
export { decode, encode } from './wire/codec.ts';
export * from './wire/envelope.ts';
export * from './wire/framing.ts';
