// The lockfile check on lockfiles that are known to be broken.
import { lockfileFaults } from './lockfile-complete.mjs';

const root = { version: '1.0.0' };

test('an optional dependency without an entry of its own is a fault', () => {
  const native = {
    version: '3.0.0',
    optionalDependencies: { 'native-linux': '3.0.0', 'native-win32': '3.0.0' },
  };
  const packages = {
    '': root,
    'node_modules/native': native,
    'node_modules/native-linux': { version: '3.0.0' },
  };
  expect(lockfileFaults(packages)).toEqual([
    'node_modules/native@3.0.0: native-win32 has no entry of its own',
  ]);
});

test('a nested entry serves as well', () => {
  const native = { version: '3.0.0', optionalDependencies: { 'native-linux': '3.0.0' } };
  const path = 'node_modules/native/node_modules/native-linux';
  expect(lockfileFaults({ '': root, 'node_modules/native': native, [path]: root })).toEqual([]);
});

test('a registry address is a fault, a link to a workspace is none', () => {
  const packages = {
    'node_modules/@masala/client': { resolved: 'packages/client', link: true },
    'node_modules/pino': { version: '10.4.0', resolved: 'https://registry.example/pino.tgz' },
  };
  expect(lockfileFaults(packages)).toEqual([
    'node_modules/pino: names the registry https://registry.example/pino.tgz',
  ]);
});
