// Partners: the suppliers that goods come from and the customers that they go to.

import Type from 'typebox';
import { limits } from '../limits.ts';
import { read, write } from './define.ts';
import { answer, CommandId, closed, Id, Limit, label, nullable, text, Version } from './shapes.ts';

const Code = label(limits.skuMaxLength);
export const PartnerKind = Type.Enum(['supplier', 'customer', 'both']);

export const Partner = answer({
  id: Id,
  code: Type.String(),
  name: Type.String(),
  kind: PartnerKind,
  active: Type.Boolean(),
  version: Version,
});

export const partnerMethods = {
  'partners.create': write({
    meaning: 'A new supplier or customer. Codes are unique without regard to case.',
    roles: ['admin', 'office'],
    input: closed({ commandId: CommandId, code: Code, name: text(limits.nameMaxLength), kind: PartnerKind }),
    output: answer({ id: Id, version: Version }),
    errors: ['CODE_TAKEN'],
  }),
  'partners.update': write({
    meaning: 'Changes a partner; fields that are left out stay as they are.',
    roles: ['admin', 'office'],
    input: closed({
      commandId: CommandId,
      id: Id,
      version: Version,
      code: Type.Optional(Code),
      name: Type.Optional(text(limits.nameMaxLength)),
      kind: Type.Optional(PartnerKind),
      active: Type.Optional(Type.Boolean()),
    }),
    output: answer({ id: Id, version: Version }),
    errors: ['NOT_FOUND', 'CONFLICT', 'CODE_TAKEN'],
  }),
  'partners.get': read({
    meaning: 'One partner, by `id` or by `code` (exactly one of them).',
    input: closed({ id: Type.Optional(Id), code: Type.Optional(Code) }),
    output: Partner,
    errors: ['NOT_FOUND'],
  }),
  'partners.list': read({
    meaning: 'Partners in the order of their codes, a page at a time.',
    input: closed({
      kind: Type.Optional(PartnerKind),
      after: Type.Optional(Code),
      limit: Type.Optional(Limit),
    }),
    output: answer({ partners: Type.Array(Partner), next: nullable(Type.String()) }),
  }),
};
