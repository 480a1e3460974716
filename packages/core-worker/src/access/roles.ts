// Pure rule: whether a role may call a method.

import { MasalaError, type MethodDefinition, type Role } from '@masala/protocol';

/** The role that a device gets when the admin names none. */
export const DEFAULT_ROLE: Role = 'office';

/** FORBIDDEN with the roles that may, or null where this one may. */
export function roleRefusal(definition: MethodDefinition, role: Role): MasalaError | null {
  if (definition.roles.includes(role)) return null;
  return new MasalaError('FORBIDDEN', { role, roles: definition.roles });
}
