// Starts that cannot go on: each ends with its own exit code, and says why where the supervisor looks.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type ExitCodeName, exitCodes } from '@masala/protocol';
import { readRunFile } from '@masala/protocol/control';
import Database from 'better-sqlite3';
import { type CoreStart, spawnCore, startCore, temporaryDataDir } from './testing/core-under-test.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function dataDirectory(): string {
  const folder = temporaryDataDir();
  folders.push(folder);
  return folder;
}

/** Starts a core that must not come up; gives what it wrote down. */
async function refusedStart(dataDir: string, start: CoreStart = {}) {
  const core = spawnCore(dataDir, start);
  const code = await core.exitCode();
  const reason = readRunFile(dataDir, 'exit-reason.json');
  return { code, pid: core.pid, reason, stderr: core.stderr };
}

async function expectRefusal(name: ExitCodeName, dataDir: string, start: CoreStart, message: RegExp) {
  const { code, pid, reason, stderr } = await refusedStart(dataDir, start);
  expect(code).toBe(exitCodes[name].code);
  expect(reason).toMatchObject({ pid, code: exitCodes[name].code, reason: name });
  expect(reason?.message).toMatch(message);
  expect(stderr).toMatch(message);
}

test('settings.json that is not JSON', async () => {
  const dataDir = dataDirectory();
  writeFileSync(join(dataDir, 'settings.json'), '{"server.port": 80');
  await expectRefusal('SETTINGS_INVALID', dataDir, {}, /settings\.json: .*is not JSON/);
});

test('an unknown setting is told with the nearest name', async () => {
  const dataDir = dataDirectory();
  writeFileSync(join(dataDir, 'settings.json'), '{"server.prot": 8090}');
  await expectRefusal('SETTINGS_INVALID', dataDir, {}, /did you mean "server\.port"/);
});

test('a port of 70000, in the file, the environment and a flag', async () => {
  const dataDir = dataDirectory();
  const range = /from 0 to 65535/;
  await expectRefusal('SETTINGS_INVALID', dataDir, { args: ['--port', '70000'] }, range);
  await expectRefusal('SETTINGS_INVALID', dataDir, { environment: { MASALA_SERVER_PORT: '70000' } }, range);
  writeFileSync(join(dataDir, 'settings.json'), '{"server.port": 70000}');
  await expectRefusal('SETTINGS_INVALID', dataDir, {}, range);
});

test('a flag that the program does not know is a wrong command line', async () => {
  expect((await refusedStart(dataDirectory(), { args: ['--prot', '1'] })).code).toBe(exitCodes.USAGE.code);
});

test('a port that another program uses', async () => {
  const other = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const args = ['--host', '127.0.0.1', '--port', String(port), '--discovery-port', '0'];
  await expectRefusal('PORT_TAKEN', dataDirectory(), { args }, new RegExp(`port ${port}`));
  other.close();
});

test('an address that this PC does not have', async () => {
  const args = ['--host', '203.0.113.7', '--port', '0', '--discovery-port', '0'];
  await expectRefusal('ADDRESS_UNAVAILABLE', dataDirectory(), { args }, /203\.0\.113\.7/);
});

test('a data directory that another core holds; that one serves on', async () => {
  const core = await startCore();
  await expectRefusal('DATA_DIRECTORY_LOCKED', core.dataDir, {}, /another core/);
  const client = await core.greeted();
  expect(await client.hello()).toMatchObject({ state: 'running' });
  await core.end();
});

test('a killed core leaves no lock behind, and the port that was picked is picked again', async () => {
  const first = await startCore();
  const { token } = await first.device();
  await first.process.kill();
  const second = await startCore({ dataDir: first.dataDir });
  expect(second.port).toBe(first.port);
  await second.signIn(token);
  await second.end();
});

test('a key that does not fit its certificate', async () => {
  const core = await startCore();
  await core.process.kill();
  const key = join(core.dataDir, 'identity', 'server-key.pem');
  writeFileSync(key, readFileSync(key, 'utf8').slice(0, 60));
  await expectRefusal('IDENTITY_DAMAGED', core.dataDir, {}, /cannot be read/);
  await core.end();
});

test('a database from the future', async () => {
  const core = await startCore();
  await core.process.kill();
  const database = new Database(join(core.dataDir, 'masala.db'));
  database.exec('PRAGMA user_version = 999; CREATE TABLE of_the_future (x)');
  database.close();
  await expectRefusal('DATABASE_FROM_FUTURE', core.dataDir, {}, /999/);
  await core.end();
});

test('a lock file that is deleted under the core ends it', async () => {
  const core = await startCore();
  rmSync(join(core.dataDir, 'run', 'core.lock'));
  expect(await core.process.exitCode()).toBe(exitCodes.LOCK_LOST.code);
  expect(readRunFile(core.dataDir, 'exit-reason.json')).toMatchObject({ reason: 'LOCK_LOST' });
  await core.end();
});
