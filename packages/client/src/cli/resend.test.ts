// `masala resend` and the warning before it, as a child process against a server that was restored.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from '../client.ts';
import { readProfile, writeProfile } from '../profile.ts';
import { type FixtureIdentity, makeFixtureIdentity } from '../testing/certificate.ts';
import { FixtureHistory } from '../testing/fixture-history.ts';
import { FIXTURE_ID, FixtureServer, refuse, SILENCE } from '../testing/fixture-server.ts';

const PROGRAM = join(import.meta.dirname, 'masala.ts');
const TOKEN = 't'.repeat(43);

let identity: FixtureIdentity;
let server: FixtureServer;
let history: FixtureHistory;
let profile: string;

beforeAll(async () => {
  identity = await makeFixtureIdentity();
});

beforeEach(async () => {
  server = new FixtureServer(identity);
  server.tokens.add(TOKEN);
  history = new FixtureHistory(server);
  await server.listen();
  profile = mkdtempSync(join(tmpdir(), 'masala-resend-'));
  writeProfile(profile, {
    serverId: identity.serverId,
    name: 'Factory',
    address: '127.0.0.1',
    port: server.port,
    discoveryPort: 0,
    deviceId: FIXTURE_ID,
    deviceName: 'desk',
    role: 'office',
    token: TOKEN,
  });
});

afterEach(async () => {
  await server.stop();
  rmSync(profile, { recursive: true });
});

async function masala(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, '--profile', profile, ...args]);
  child.stdin.end();
  const exited = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

async function json(...args: string[]) {
  const { code, stdout } = await masala(...args, '--json');
  return { code, value: JSON.parse(stdout) };
}

/** Books an item and a receipt of it with another program of this PC. */
async function bookTwo(): Promise<void> {
  const client = connect({ ...readProfile(profile), keepIn: profile });
  const item = await client.call('items.create', { sku: 'A-1', name: 'Bolt', unit: 'pcs' });
  const lines = [{ itemId: item.id, quantity: 1 }];
  const partnerId = history.newPartner();
  await client.call('receipts.create', { lines, post: true, partnerId, reference: 'LS 4711' });
  client.close();
}

test('after a restore every command says in one line what is gone, and does its work', async () => {
  for (const sku of ['A', 'B']) {
    const params = JSON.stringify({ sku, name: 'Bolt', unit: 'pcs' });
    expect(await masala('call', 'items.create', params)).toMatchObject({ code: 0, stderr: '' });
  }
  history.restore(0);
  const after = await masala('whoami', '--json');
  expect(after.code).toBe(0);
  expect(JSON.parse(after.stdout)).toMatchObject({ deviceName: 'desk' });
  expect(after.stderr).toMatch(
    /^masala: The server was restored to its state before \S+Z; 2 of this PC's last commands are gone\. Run `masala resend`\.\n$/,
  );
  server.on('items.get', refuse('NOT_FOUND'));
  const failed = await masala('call', 'items.get', '{"sku":"X"}');
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Run `masala resend`.')]);
  expect(history.length).toBe(0);
});

test('shows it, sends it, and then there is nothing more to send or to warn of', async () => {
  await bookTwo();
  history.restore(0);
  const shown = await masala('resend', '--dry-run');
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(
    /A-1, Bolt[\s\S]*receipts\.create {2}GRN-2026-000001, Maier & Co, LS 4711, 1 line/,
  );
  expect(history.length).toBe(0);

  const sent = await masala('resend', '--yes');
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  expect(sent.stdout).toContain('booked again: 2, already there: 0, refused: 0');
  expect(sent.stdout).toMatch(/New numbers:\nbefore\s+now\nGRN-2026-000001 {2}GRN-2026-000002\n/);
  expect(history.length).toBe(2);
  expect((await masala('whoami')).stderr).toBe('');
  expect(await json('resend', '--yes')).toEqual({ code: 0, value: { branch: null, commands: [] } });
});

test('as JSON: the branch, and each command with what became of it; a refusal is exit code 1', async () => {
  await bookTwo();
  const to = history.restore(0);
  const dry = await json('resend', '--dry-run');
  expect(dry.value.commands.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['gone', 'gone']);
  server.on('items.create', refuse('SKU_TAKEN', { itemId: FIXTURE_ID }));
  const { code, value } = await json('resend', '--yes');
  expect(code).toBe(1);
  expect(value).toMatchObject({
    branch: { from: FIXTURE_ID, to, origin: 'restore', branchSequence: 0 },
    commands: [
      { method: 'items.create', params: { sku: 'A-1' }, outcome: 'refused', error: { code: 'SKU_TAKEN' } },
      { method: 'receipts.create', outcome: 'refused', error: { code: 'ITEM_UNKNOWN' } },
    ],
    booked: 0,
    there: 0,
    refused: 2,
  });
});

test('for people a refusal stands with its reason', async () => {
  await bookTwo();
  history.restore(0);
  server.on('items.create', refuse('SKU_TAKEN'));
  const { code, stdout } = await masala('resend', '--yes');
  expect(code).toBe(1);
  expect(stdout).toMatch(/enter by hand[\s\S]*A-1, Bolt\s+SKU_TAKEN: Another item has this SKU\./);
});

test('dismissed, nothing is sent and nobody is warned any more', async () => {
  await bookTwo();
  history.restore(1);
  const { code, value } = await json('resend', '--dismiss', '--yes');
  expect(code).toBe(0);
  expect(value.commands).toMatchObject([{ method: 'receipts.create', outcome: 'dismissed' }]);
  expect((await masala('whoami')).stderr).toBe('');
  expect(history.length).toBe(1);
});

test('a server in recovery is waited for, with its reason, until --timeout', async () => {
  await bookTwo();
  server.on('session.hello', refuse('SERVER_IN_RECOVERY'));
  const { code, stdout, stderr } = await masala('resend', '--yes', '--timeout', '4000', '--json');
  expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'SERVER_IN_RECOVERY']);
  expect(stderr).toContain('The server waits for the admin to restore its database.');
});

test('stopped in the middle by --timeout it says how to go on, and the next one goes on', async () => {
  await bookTwo();
  history.restore(0);
  server.onFirst('receipts.create', 1, () => SILENCE);
  const { code, stdout, stderr } = await masala('resend', '--yes', '--timeout', '4000', '--json');
  expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'DEADLINE_EXCEEDED']);
  expect(stderr).toContain('run `masala resend` again for the rest');
  const next = await json('resend', '--yes');
  expect([next.code, next.value.there, next.value.booked]).toEqual([0, 1, 1]);
});
