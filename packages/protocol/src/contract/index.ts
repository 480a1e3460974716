// The contract: the only list of methods and events. Handlers and typed calls are derived from it by mapped types.

import { commandMethods } from './commands.ts';
import type { Access, MethodDefinition, StaticOf } from './define.ts';
import { documentEvents, documentMethods } from './documents.ts';
import { importEvents, importMethods } from './imports.ts';
import { itemMethods } from './items.ts';
import { partnerMethods } from './partners.ts';
import { sessionEvents, sessionMethods } from './session.ts';
import { stockEvents, stockMethods } from './stock.ts';
import { systemMethods } from './system.ts';

/** Only optional fields and new methods are added within a version; anything else is a new one. */
export const PROTOCOL_VERSION = 1;

export const methods = {
  ...sessionMethods,
  ...systemMethods,
  ...itemMethods,
  ...partnerMethods,
  ...documentMethods,
  ...stockMethods,
  ...importMethods,
  ...commandMethods,
};

export const events = { ...sessionEvents, ...documentEvents, ...stockEvents, ...importEvents };

export type Methods = typeof methods;
export type MethodName = keyof Methods;
type NameWith<Wanted extends Access> = {
  [Name in MethodName]: Methods[Name]['access'] extends Wanted ? Name : never;
}[MethodName];
export type OpenName = NameWith<'open'>;
export type ReadName = NameWith<'read'>;
export type WriteName = NameWith<'write'>;
export type Params<Name extends MethodName> = StaticOf<Methods[Name]['input']>;
export type Result<Name extends MethodName> = StaticOf<Methods[Name]['output']>;

export type EventName = keyof typeof events;
export type EventParams<Name extends EventName> = StaticOf<(typeof events)[Name]['params']>;

/** Events that a session may subscribe to; the others concern only their session and come unasked. */
export const subscribableEvents = [
  'stock.changed',
  'document.posted',
  'server.notice',
] as const satisfies EventName[];
export type SubscribableEvent = (typeof subscribableEvents)[number];

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

/** The declaration of a method, without its particular types: for code that serves all methods alike. */
export function definitionOf(name: MethodName): MethodDefinition {
  return methods[name];
}

export type { Access, EventDefinition, MethodDefinition, Role, StaticOf } from './define.ts';
export { roles } from './define.ts';
export { type DocumentArea, type DocumentKind, documentKinds } from './document-kinds.ts';
export type { DocumentAction } from './documents.ts';
export { Document, DocumentHead, DocumentLine } from './documents.ts';
export { ImportKind, ImportMap, ImportReport, RefusedRow } from './imports.ts';
export { Item, Unit } from './items.ts';
export { Partner, PartnerKind } from './partners.ts';
export { EpochBranch, EpochOrigin, RoleName, ServerFlag, ServerState } from './session.ts';
export { Movement, StockRow } from './stock.ts';
