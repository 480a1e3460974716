// The identity on a real disk: made once, and never taken for there where its key is gone.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity, hasIdentity, identityFolder, readIdentity } from './identity.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-identity-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('is there once it was made, and stays the same', async () => {
  expect(hasIdentity(dataDir)).toBe(false);
  const { serverId } = await createIdentity(dataDir);
  expect(hasIdentity(dataDir)).toBe(true);
  expect(readIdentity(dataDir).serverId).toBe(serverId);
});

test("a folder with nothing but others' files is no identity, and they are kept when one is made", async () => {
  const folder = identityFolder(dataDir);
  mkdirSync(join(folder, 'dashboard'), { recursive: true });
  writeFileSync(join(folder, 'revocations.json'), '[]');
  expect(hasIdentity(dataDir)).toBe(false);
  const { serverId } = await createIdentity(dataDir);
  expect(readIdentity(dataDir).serverId).toBe(serverId);
  expect(readdirSync(folder).sort()).toEqual([
    'dashboard',
    'revocations.json',
    'server-certificate.pem',
    'server-key.pem',
  ]);
  expect(existsSync(`${folder}.new`)).toBe(false);
});

test.each(['server-key.pem', 'server-certificate.pem'])(
  'without its %s it is damaged, not absent',
  async (name) => {
    await createIdentity(dataDir);
    rmSync(join(identityFolder(dataDir), name));
    expect(hasIdentity(dataDir)).toBe(true);
    expect(() => readIdentity(dataDir)).toThrow('ENOENT');
  },
);
