// Pairing over real sockets: mistyped codes, impostors, lost replies.

import { formatJoinCode, MasalaError, makeJoinCode } from '@masala/protocol';
import { pair } from './pairing.ts';
import { type Responder, respond, signedBeacon } from './testing/beacon-responder.ts';
import { type FixtureIdentity, makeFixtureIdentity } from './testing/certificate.ts';
import { FIXTURE_ID, FixtureServer, refuse, SILENCE } from './testing/fixture-server.ts';

const RANDOM = Buffer.from('0123456789');

let identity: FixtureIdentity;
let other: FixtureIdentity;
let server: FixtureServer;
let code: string;
let secret: string;
const open: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  identity = await makeFixtureIdentity();
  other = await makeFixtureIdentity('other');
});

beforeEach(async () => {
  server = await serve(identity);
  const made = makeJoinCode(identity.serverId, RANDOM);
  secret = made.secret;
  code = formatJoinCode(made);
  server.secrets.set(secret, undefined);
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function serve(as: FixtureIdentity): Promise<FixtureServer> {
  const fixture = await new FixtureServer(as).listen();
  open.push(fixture);
  return fixture;
}

async function announce(...servers: FixtureServer[]): Promise<Responder> {
  const responder = await respond((nonce) =>
    servers.map((each) =>
      signedBeacon(each.identity, { port: each.port, nonce, name: each.identity.serverId.slice(0, 8) }),
    ),
  );
  open.push({ stop: () => responder.close() });
  return responder;
}

const options = (changes: Partial<Parameters<typeof pair>[0]> = {}) => ({
  code,
  deviceName: 'desk',
  server: { address: '127.0.0.1', port: server.port },
  discoveryPort: 0,
  ...changes,
});

async function refusal(pairing: Promise<unknown>): Promise<string> {
  const error = await pairing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MasalaError)) throw new Error(`not refused: ${error}`);
  return error.code;
}

test('a code becomes a device whose token only the client knows', async () => {
  const profile = await pair(options({ code: ` ${code.toLowerCase().replaceAll('-', ' ')} ` }));
  expect(profile).toEqual({
    serverId: identity.serverId,
    name: 'Fixture',
    address: '127.0.0.1',
    port: server.port,
    discoveryPort: 0,
    deviceId: FIXTURE_ID,
    deviceName: 'desk',
    role: 'office',
    token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
  });
  expect(server.paramsOf('session.pair')).toEqual([{ secret, token: profile.token, deviceName: 'desk' }]);
  expect(server.tokens).toContain(profile.token);
});

test('a mistyped code is told before a byte was sent', async () => {
  const wrongTag = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
  expect(await refusal(pair(options({ code: wrongTag })))).toBe('JOIN_CODE_MISTYPED');
  const wrongSecret = (code.startsWith('0') ? '1' : '0') + code.slice(1);
  expect(await refusal(pair(options({ code: wrongSecret })))).toBe('JOIN_CODE_MISTYPED');
  expect(await refusal(pair(options({ code: 'ABCDE-FGHJK' })))).toBe('JOIN_CODE_MISTYPED');
  expect(server.applicationBytes).toBe(0);
});

test('an impostor learns nothing', async () => {
  const impostor = await serve(other);
  const target = { address: '127.0.0.1', port: impostor.port };
  expect(await refusal(pair(options({ server: target })))).toBe('JOIN_CODE_MISTYPED');
  expect(impostor.applicationBytes).toBe(0);
});

test('an impostor that replays the beacon of the true server learns nothing', async () => {
  const impostor = await serve(other);
  const responder = await respond((nonce) => [signedBeacon(identity, { port: impostor.port, nonce })]);
  open.push({ stop: () => responder.close() });
  const { server: _, ...unnamed } = options({ discoveryPort: responder.port });
  expect(await refusal(pair(unnamed))).toBe('JOIN_CODE_MISTYPED');
  expect(impostor.applicationBytes).toBe(0);
});

test('of several servers the one that made the code is paired with', async () => {
  const wrong = await serve(other);
  const { port } = await announce(wrong, server);
  const { server: _, ...unnamed } = options({ discoveryPort: port });
  expect(await pair(unnamed)).toMatchObject({
    serverId: identity.serverId,
    port: server.port,
    discoveryPort: port,
  });
  expect(wrong.applicationBytes).toBe(0);
});

test('a code of a server that is not there is told as such', async () => {
  const { port } = await announce(await serve(other));
  const { server: _, ...unnamed } = options({ discoveryPort: port });
  expect(await refusal(pair(unnamed))).toBe('JOIN_CODE_MISTYPED');
  const nobody = await respond(() => []);
  await nobody.close();
  expect(await refusal(pair({ ...unnamed, discoveryPort: nobody.port }))).toBe('SERVER_NOT_FOUND');
});

test('a lost reply burns nothing: the same secret and token are tried again', async () => {
  let tokens = 0;
  server.onFirst('session.pair', 2, ({ params, connection }) => {
    server.secrets.set(secret, String(params['token']));
    tokens++;
    connection.drop();
    return SILENCE;
  });
  const profile = await pair(options());
  expect(tokens).toBe(2);
  expect(server.paramsOf('session.pair').map(({ token }) => token)).toEqual(Array(3).fill(profile.token));
});

test('a refused code is told at once', async () => {
  server.secrets.clear();
  expect(await refusal(pair(options()))).toBe('JOIN_CODE_INVALID');
  expect(server.paramsOf('session.pair')).toHaveLength(1);
});

test('a server that needs a person is told at once, a busy one is asked again', async () => {
  server.onFirst('session.pair', 1, refuse('SERVER_IN_RECOVERY'));
  expect(await refusal(pair(options()))).toBe('SERVER_IN_RECOVERY');
  server.onFirst('session.pair', 1, refuse('SERVER_BUSY'));
  await pair(options());
  expect(server.paramsOf('session.pair')).toHaveLength(3);
});

test('a server that is away is told when the time is over', async () => {
  await server.stop();
  expect(await refusal(pair(options({ timeoutMs: 100 })))).toBe('CONNECTION_LOST');
});

test('pairing again with the same server keeps the token, with another one never', async () => {
  const profile = await pair(options());
  const again = await pair(options({ previous: profile }));
  expect(again.token).toBe(profile.token);
  server.secrets.set(secret, undefined);
  const moved = await pair(options({ previous: { ...profile, serverId: other.serverId } }));
  expect(moved.token).not.toBe(profile.token);
});
