// Units and items: what is kept in stock, and in what it is counted.

import Type from 'typebox';
import { limits } from '../limits.ts';
import { read, write } from './define.ts';
import { answer, CommandId, closed, Id, integer, Limit, label, nullable, text, Version } from './shapes.ts';

const Sku = label(limits.skuMaxLength);
const UnitCode = label(16);
const Decimals = integer(0, limits.itemDecimalsMax);

export const Unit = answer({ code: UnitCode, name: Type.String() });

export const Item = answer({
  id: Id,
  sku: Type.String(),
  name: Type.String(),
  unit: Type.String(),
  /** Digits after the point: with 3, a quantity of 1500 is 1.5 units. */
  decimals: Decimals,
  active: Type.Boolean(),
  /** The lot that takes the movements for which no lot is named. */
  defaultLotId: Id,
  version: Version,
});

export const itemMethods = {
  'units.list': read({
    meaning: 'All units.',
    input: closed({}),
    output: answer({ units: Type.Array(Unit) }),
  }),
  'units.create': write({
    meaning: 'A new unit.',
    roles: ['admin', 'office'],
    input: closed({ commandId: CommandId, code: UnitCode, name: text(limits.nameMaxLength) }),
    output: answer({ code: UnitCode }),
    errors: ['CODE_TAKEN', 'UNITS_TOO_MANY'],
  }),
  'items.create': write({
    meaning: 'A new item. SKUs are unique without regard to case.',
    roles: ['admin', 'office'],
    input: closed({
      commandId: CommandId,
      sku: Sku,
      name: text(limits.nameMaxLength),
      unit: UnitCode,
      decimals: Type.Optional(Decimals),
    }),
    output: answer({ id: Id, version: Version, defaultLotId: Id }),
    errors: ['SKU_TAKEN', 'UNIT_UNKNOWN'],
  }),
  'items.update': write({
    meaning: 'Changes an item; fields that are left out stay as they are.',
    roles: ['admin', 'office'],
    input: closed({
      commandId: CommandId,
      id: Id,
      version: Version,
      sku: Type.Optional(Sku),
      name: Type.Optional(text(limits.nameMaxLength)),
      unit: Type.Optional(UnitCode),
      decimals: Type.Optional(Decimals),
      active: Type.Optional(Type.Boolean()),
    }),
    output: answer({ id: Id, version: Version }),
    errors: ['NOT_FOUND', 'CONFLICT', 'SKU_TAKEN', 'UNIT_UNKNOWN', 'ITEM_IN_USE'],
  }),
  'items.get': read({
    meaning: 'One item, by `id` or by `sku` (exactly one of them).',
    input: closed({ id: Type.Optional(Id), sku: Type.Optional(Sku) }),
    output: Item,
    errors: ['NOT_FOUND'],
  }),
  'items.list': read({
    meaning: 'Items in the order of their SKUs, a page at a time; `after` is the `next` of the page before.',
    input: closed({
      skuPrefix: Type.Optional(text(limits.skuMaxLength)),
      after: Type.Optional(Sku),
      limit: Type.Optional(Limit),
    }),
    output: answer({ items: Type.Array(Item), next: nullable(Type.String()) }),
  }),
};
