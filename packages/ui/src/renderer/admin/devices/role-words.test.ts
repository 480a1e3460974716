// What the page promises of a role is what the contract lets it do.
import { supervisorControl } from '@masala/protocol/control-schemas';
import { documentKinds, type Role } from '@masala/protocol/tables';
import { texts } from '../../shared/texts.ts';

const { roles, roleMeanings } = texts.devices;
const known = supervisorControl.methods.pair.params.properties.role.enum;

test.each(known)('%s has a name, and is said to book only where it may', (role: Role) => {
  expect(roles[role]).toBeDefined();
  const mayBook = Object.values(documentKinds).some((kind) => kind.roles.some((one) => one === role));
  expect(roleMeanings[role].startsWith('Sees everything')).toBe(!mayBook);
});
