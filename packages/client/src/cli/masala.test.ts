// The `masala` command as scripts run it: a child process, its output and its exit code.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { formatJoinCode, makeJoinCode } from '@masala/protocol';
import { readProfile, writeProfile } from '../profile.ts';
import { type Responder, respond, signedBeacon } from '../testing/beacon-responder.ts';
import { type FixtureIdentity, makeFixtureIdentity } from '../testing/certificate.ts';
import { addImports } from '../testing/fixture-imports.ts';
import { FIXTURE_ID, FixtureServer, refuse, SILENCE } from '../testing/fixture-server.ts';

const PROGRAM = join(import.meta.dirname, 'masala.ts');
const TOKEN = 't'.repeat(43);
const COMMAND_ID = '0190a5b4-0000-7000-8000-00000000abcd';

let identity: FixtureIdentity;
let server: FixtureServer;
let responder: Responder;
let folder: string;
const children = new Set<ChildProcessWithoutNullStreams>();

beforeAll(async () => {
  identity = await makeFixtureIdentity();
});

beforeEach(async () => {
  server = new FixtureServer(identity);
  server.tokens.add(TOKEN);
  await server.listen();
  responder = await respond((nonce) => [
    signedBeacon(identity, { port: server.port, name: 'Factory', nonce }),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'masala-cli-'));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await server.stop();
  await responder.close();
  rmSync(folder, { recursive: true });
});

const profileDirectory = () => join(folder, 'profile');

function paired(): void {
  writeProfile(profileDirectory(), {
    serverId: identity.serverId,
    name: 'Factory',
    address: '127.0.0.1',
    port: server.port,
    discoveryPort: responder.port,
    deviceId: FIXTURE_ID,
    deviceName: 'desk',
    role: 'office',
    token: TOKEN,
  });
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, '--profile', profileDirectory(), ...args]);
  children.add(child);
  const exited = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(
    ([code, stdout, stderr]) => {
      children.delete(child);
      return { code, stdout, stderr };
    },
  );
  return { child, ended };
}

const masala = (...args: string[]) => start(...args).ended;

/** The one JSON document that a command printed. */
async function json(...args: string[]) {
  const { code, stdout } = await masala(...args, '--json');
  return { code, value: JSON.parse(stdout) };
}

async function until(condition: () => boolean): Promise<void> {
  // Ends, so that a test that fails does not keep its file running for ever.
  for (let turns = 0; !condition(); turns++) {
    if (turns > 6_000) throw new Error(`not yet: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('discover lists the servers', async () => {
  const { code, value } = await json(
    '--discovery-port',
    String(responder.port),
    '--timeout',
    '1500',
    'discover',
  );
  expect(code).toBe(0);
  expect(value).toEqual([
    {
      name: 'Factory',
      serverId: identity.serverId,
      address: expect.any(String),
      port: server.port,
      state: 'running',
    },
  ]);
});

test('pair makes a profile that only its user can read, and whoami uses it', async () => {
  const made = makeJoinCode(identity.serverId, Buffer.from('0123456789'));
  server.secrets.set(made.secret, undefined);
  const at = `127.0.0.1:${server.port}`;
  const { code, value } = await json('pair', formatJoinCode(made), '--server', at, '--name', 'desk');
  expect(code).toBe(0);
  expect(value).toMatchObject({
    deviceId: FIXTURE_ID,
    deviceName: 'desk',
    role: 'office',
    serverId: identity.serverId,
  });
  expect(JSON.stringify(value)).not.toContain(readProfile(profileDirectory()).token);
  if (process.platform !== 'win32') {
    expect(statSync(join(profileDirectory(), 'profile.json')).mode & 0o777).toBe(0o600);
  }
  const who = await json('whoami');
  expect(who.value).toMatchObject({ deviceName: 'desk', role: 'office', serverId: identity.serverId });
});

test('a mistyped code is an error with its code, for people and for scripts', async () => {
  const made = formatJoinCode(makeJoinCode('ab'.repeat(32), Buffer.from('0123456789')));
  const at = ['--server', `127.0.0.1:${server.port}`];
  const { code, value } = await json('pair', made, ...at);
  expect(code).toBe(1);
  expect(value.error).toMatchObject({
    code: 'JOIN_CODE_MISTYPED',
    message: expect.any(String),
    hint: expect.any(String),
  });
  const forPeople = await masala('pair', made, ...at);
  expect(forPeople).toMatchObject({ code: 1, stdout: '' });
  expect(forPeople.stderr).toMatch(/Nothing was sent.*\(JOIN_CODE_MISTYPED\)[\s\S]*What to do: Compare it/);
  expect(server.applicationBytes).toBe(0);
});

describe('call', () => {
  beforeEach(paired);

  test('prints the result, with params from the argument or from stdin', async () => {
    expect((await json('call', 'items.get', '{"sku":"A-1"}')).value).toMatchObject({ sku: 'A-1' });
    const { child, ended } = start('call', 'items.get', '-', '--json');
    child.stdin.end('\uFEFF{"sku":"A-2"}\n');
    expect(JSON.parse((await ended).stdout)).toMatchObject({ sku: 'A-2' });
  });

  test('prints lists as tables for people', async () => {
    server.on('stock.onHand', () => ({
      quantity: null,
      rows: [
        { sku: 'A', name: 'Bolt\u001b[2J', unit: 'kg', decimals: 3, lotNumber: null, quantity: -1500 },
        { sku: 'LONG', name: 'Nut', unit: 'pcs', decimals: 0, lotNumber: null, quantity: 7 },
      ],
      next: 'LONG',
    }));
    const { stdout } = await masala('call', 'stock.onHand');
    expect(stdout).toBe(
      [
        'sku   name      unit  decimals  quantity',
        'A     Bolt·[2J  kg           3    -1.500',
        'LONG  Nut       pcs          0         7',
        'next: LONG',
        '',
      ].join('\n'),
    );
  });

  test('books a write under the given command id', async () => {
    const params = '{"sku":"A","name":"Bolt","unit":"pcs"}';
    for (let turn = 0; turn < 2; turn++) {
      const { code, value } = await json('call', 'items.create', params, '--command-id', COMMAND_ID);
      expect([code, value.version]).toEqual([0, 1]);
    }
    expect([...server.booked]).toEqual([[COMMAND_ID, { result: expect.anything(), times: 2 }]]);
  });

  test.each<[string, string[], string]>([
    ['a refusal', ['items.create', '{"sku":"A","name":"B","unit":"c"}'], 'SKU_TAKEN'],
    ['a method that nearly exists', ['items.gte', '{}'], 'METHOD_UNKNOWN'],
    ['params that do not fit', ['items.get', '{"sku":7}'], 'PARAMS_INVALID'],
    ['a lone surrogate', ['items.get', '{"sku":"\\ud800"}'], 'PARAMS_INVALID'],
    ['a prototype key', ['items.get', '{"__proto__":{"a":1}}'], 'PARAMS_INVALID'],
    [
      'a command id that is none',
      ['items.create', '{"sku":"A","name":"B","unit":"c"}', '--command-id', 'x'],
      'PARAMS_INVALID',
    ],
  ])('%s is an error with exit code 1', async (_, args, expected) => {
    server.on('items.create', refuse('SKU_TAKEN', { itemId: FIXTURE_ID }, { incidentId: 'i-1' }));
    const { code, value } = await json('call', ...args);
    expect(code).toBe(1);
    expect(value.error).toMatchObject({
      code: expected,
      message: expect.any(String),
      hint: expect.any(String),
    });
    if (expected === 'SKU_TAKEN')
      expect(value.error).toMatchObject({ data: { itemId: FIXTURE_ID }, incidentId: 'i-1' });
    if (args[0] === 'items.gte') expect(value.error.data.nearest).toBe('items.get');
  });

  test('a read gives up after --timeout', async () => {
    server.on('items.get', () => SILENCE);
    const { code, value } = await json('--timeout', '4000', 'call', 'items.get', '{"sku":"A"}');
    expect([code, value.error.code]).toEqual([1, 'DEADLINE_EXCEEDED']);
  });

  test('a server that cannot be reached is told as such after --timeout, write or not', async () => {
    await server.stop();
    const { code, value } = await json(
      '--timeout',
      '300',
      'call',
      'items.create',
      '{"sku":"A","name":"B","unit":"c"}',
    );
    expect([code, value.error.code]).toEqual([1, 'CONNECTION_LOST']);
  });

  test('Ctrl-C on a pending write says how to find out what became of it', async () => {
    server.on('items.create', () => SILENCE);
    const { child, ended } = start('call', 'items.create', '{"sku":"A","name":"B","unit":"c"}', '--json');
    await until(() => server.paramsOf('items.create').length > 0);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    const commandId = server.paramsOf('items.create')[0]?.['commandId'];
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'CANCELLED', data: { commandId } });
    expect(stderr).toContain(`--command-id ${commandId}`);
  });

  test('another server in the place of ours is sent nothing', async () => {
    const impostor = new FixtureServer(await makeFixtureIdentity('impostor'));
    await impostor.listen();
    const at = `127.0.0.1:${impostor.port}`;
    const { code, value } = await json('--server', at, '--discovery-port', '0', 'whoami');
    expect([code, value.error.code]).toEqual([1, 'SERVER_IDENTITY_MISMATCH']);
    expect(impostor.applicationBytes).toBe(0);
    await impostor.stop();
  });

  test('a server that moved is found and remembered', async () => {
    const before = readProfile(profileDirectory());
    writeProfile(profileDirectory(), { ...before, port: 1 });
    expect((await json('whoami')).code).toBe(0);
    expect(readProfile(profileDirectory())).toMatchObject({ port: server.port });
  });
});

test('watch prints an event a line until Ctrl-C', async () => {
  paired();
  const { child, ended } = start('watch', 'document.posted', '--json');
  await until(() => server.paramsOf('session.subscribe').length > 0);
  expect(server.paramsOf('session.subscribe')).toEqual([{ events: ['document.posted'] }]);
  const params = { id: FIXTURE_ID, kind: 'receipt', status: 'posted', number: 'GRN-2026-000001' };
  server.broadcast('document.posted', params);
  server.broadcast('session.lagged', { dropped: 3 });
  child.stdout.once('data', () => child.kill('SIGINT'));
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { event: 'document.posted', params },
    { event: 'session.lagged', params: { dropped: 3 } },
  ]);
});

describe('import', () => {
  const MAP = '{"source":"test","columns":{"sku":"sku","document":"doc","quantity":"quantity"}}';
  let file: string;
  let map: string;

  beforeEach(() => {
    paired();
    addImports(server);
    file = join(folder, 'day.csv');
    map = join(folder, 'map.json');
    writeFileSync(file, 'doc,sku,quantity\n1,A,1\n');
    writeFileSync(map, MAP);
  });

  test('prints the report, and exits with 0 when nothing was refused', async () => {
    const { code, value } = await json('import', 'dispatches', file, '--map', map, '--opening-stock');
    expect(code).toBe(0);
    expect(value).toMatchObject({
      lines: 1,
      booked: { dispatches: 1, returns: 0, writeOffs: 0, receipts: 0 },
      skipped: 0,
      refused: [],
      alreadyBooked: 0,
      documents: 1,
    });
    expect(server.paramsOf('imports.begin')).toMatchObject([{ kind: 'dispatches', openingStock: true }]);
  });

  test('prints every refused row and exits with 1', async () => {
    writeFileSync(file, 'doc,sku,quantity\n1,BAD,1\n2,A,1\n3,BAD,1\n4,BAD,1\n');
    const { code, value } = await json('import', 'dispatches', file, '--map', map);
    expect(code).toBe(1);
    expect(value.refused.map(({ line }: { line: number }) => line)).toEqual([2, 4, 5]);
    const forPeople = await masala('import', 'dispatches', file, '--map', map);
    expect(forPeople.stdout).toMatch(
      /lines in the file\s+4[\s\S]*refused\s+3[\s\S]*IMPORT_ROW_INVALID: bad {2}4,BAD,1/,
    );
  });

  test('starts anew by itself when the connection goes, and says so', async () => {
    server.onFirst('imports.run', 1, ({ connection }) => {
      connection.drop();
      return SILENCE;
    });
    const { code, stdout, stderr } = await masala('import', 'dispatches', file, '--map', map, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).lines).toBe(1);
    expect(stderr).toMatch(/starts anew/);
  });

  test.each([
    ['a map that is not JSON', '{"source":', 'IMPORT_MAP_INVALID'],
    ['a map with an unknown field', '{"source":"x","columns":{"sku":"a"},"colour":1}', 'IMPORT_MAP_INVALID'],
  ])('%s is told', async (_, content, expected) => {
    writeFileSync(map, content);
    const { code, value } = await json('import', 'dispatches', file, '--map', map);
    expect([code, value.error.code]).toEqual([1, expected]);
    expect(value.error.data.problems).toHaveLength(1);
  });
});

test.each([
  ['no command', []],
  ['an unknown command', ['frobnicate']],
  ['a missing argument', ['pair']],
  ['an unknown option', ['discover', '--colour']],
  ['a server without a port', ['--server', 'host', 'whoami']],
  ['a port of 70000', ['--discovery-port', '70000', 'discover']],
  ['a time-out that is no number', ['--timeout', 'soon', 'discover']],
  ['params that are not JSON', ['call', 'items.get', '{x']],
  ['params that are a list', ['call', 'items.get', '[]']],
  ['a command id for a read', ['call', 'items.get', '{}', '--command-id', COMMAND_ID]],
  ['a method that only connecting uses', ['call', 'session.hello', '{}']],
  ['resending where nobody can be asked', ['resend']],
  ['looking and dismissing at once', ['resend', '--dry-run', '--dismiss']],
  ['an event that does not exist', ['watch', 'moon.full']],
  ['an import without a map', ['import', 'items', 'file.csv']],
  ['an import of an unknown kind', ['import', 'moons', 'file.csv', '--map', 'm.json']],
])('%s is a wrong command line: exit code 2, and nothing on stdout', async (_, args) => {
  const { code, stdout, stderr } = await masala(...args);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/\S/);
});

test('a device that is not paired is told how', async () => {
  const { code, value } = await json('whoami');
  expect([code, value.error.code]).toEqual([1, 'PROFILE_MISSING']);
  expect(value.error.hint).toContain('masala pair CODE');
});

test('a damaged profile is told and left alone', async () => {
  paired();
  const path = join(profileDirectory(), 'profile.json');
  chmodSync(path, 0o600);
  writeFileSync(path, '{"version":1');
  expect((await json('whoami')).value.error).toMatchObject({ code: 'PROFILE_DAMAGED', data: { path } });
  expect(readFileSync(path, 'utf8')).toBe('{"version":1');
});

test('a method that only connecting uses is said to be none for people', async () => {
  const { stderr } = await masala('call', 'session.hello');
  expect(stderr).toContain('session.hello is a part of connecting');
});

test.each([['--help'], ['--version'], ['call', '--help'], ['import', '--help'], ['resend', '--help']])(
  '%s %s',
  async (...args) => {
    const { code, stdout } = await masala(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\S/);
  },
);
