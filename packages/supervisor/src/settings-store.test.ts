// settings.json as the admin changes it: what is written, what is refused, and what the list tells.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings as table } from '@masala/protocol/tables';
import { DiskLane } from './disk-lane.ts';
import { prepareDataDir } from './preflight.ts';
import { SettingsStore } from './settings-store.ts';

const noFlags = { host: null, port: null, discoveryPort: null, set: [] };
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-settings-'));
  expect(prepareDataDir(dataDir)).toBeUndefined();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const storeOf = (flags: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
  new SettingsStore(dataDir, { ...noFlags, set: [...flags] }, environment, new DiskLane(() => undefined));
const write = (text: string) => writeFileSync(join(dataDir, 'settings.json'), text);
const written = () => JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8')) as unknown;
const told = async (store: SettingsStore, name: string) =>
  (await store.list(null)).find((row) => row.name === name);

async function problemsOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID' });
    return (error as { data: { problems: string[] } }).data.problems.join('\n');
  }
  throw new Error('it was not refused');
}

test('a change is written beside what is there, and in force from the next start of a core', async () => {
  write('\uFEFF{ "server.port": 9000 }');
  const store = storeOf();
  const changes = [
    { name: 'server.name', value: 'Hall 1' },
    { name: 'backup.intervalMs', value: '60000' },
    { name: 'supervisor.revivedByService', value: true },
  ];
  expect(await store.set(changes)).toEqual({ needsRestart: true });
  const present = {
    'server.name': 'Hall 1',
    'backup.intervalMs': 60_000,
    'supervisor.revivedByService': true,
  };
  expect(written()).toEqual({ 'server.port': 9000, ...present });
  expect(await told(store, 'server.name')).toMatchObject({ value: '', stored: 'Hall 1', source: 'default' });
  await store.reload();
  expect(await told(store, 'server.name')).toMatchObject({
    value: 'Hall 1',
    stored: 'Hall 1',
    source: 'file',
  });
  expect(await told(store, 'backup.intervalMs')).toMatchObject({ value: 60_000, unit: 'ms', minimum: 100 });
  expect(await store.set([{ name: 'server.name', value: 'Hall 1' }])).toEqual({ needsRestart: false });
});

test('null takes a setting out of the file; one that is not there is no error; a mistyped one goes too', async () => {
  write('{ "server.name": "Hall 1", "server.nmae": "x" }');
  const store = storeOf();
  await store.set([
    { name: 'server.nmae', value: null },
    { name: 'server.name', value: null },
    { name: 'server.port', value: null },
  ]);
  expect(written()).toEqual({});
  expect(await problemsOf(() => store.set([{ name: 'server.nmae', value: null }]))).toContain('server.name');
});

test('all or none: each problem is told, and nothing is written', async () => {
  const store = storeOf();
  const changes = [
    { name: 'server.name', value: 'Hall 1' },
    { name: 'server.prot', value: 1 },
    { name: 'server.port', value: 65_536 },
    { name: 'log.level', value: 'loud' },
    { name: '__proto__', value: 'x' },
  ];
  const problems = await problemsOf(() => store.set(changes));
  for (const part of ['did you mean "server.port"', '0 to 65535', 'must be debug, info', '__proto__']) {
    expect(problems).toContain(part);
  }
  expect(problems).not.toContain('server.name');
  expect(written).toThrow('ENOENT');
});

test.each(['{', '[]', '7', '{ "server.port": "many" }', '{ "no.such": 1 }'])(
  'a file that holds %s is not written over, and no core is started anew on it',
  async (text) => {
    write('{}');
    const store = storeOf();
    write(text);
    expect(await problemsOf(() => store.set([{ name: 'server.name', value: 'Hall 1' }]))).not.toBe('');
    expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toBe(text);
    expect(await problemsOf(() => store.check())).not.toBe('');
    await store.reload();
    expect(store.inForce['server.port']).toBe(8090);
    expect(await store.list(null)).toHaveLength(Object.keys(table).length);
  },
);

test('flag and environment win, and say so; what they hide needs no restart', async () => {
  const store = storeOf(['server.name=Flag'], { MASALA_LOG_LEVEL: 'warn' });
  const changes = [
    { name: 'server.name', value: 'File' },
    { name: 'log.level', value: 'debug' },
  ];
  expect(await store.set(changes)).toEqual({ needsRestart: false });
  await store.reload();
  expect(await told(store, 'server.name')).toMatchObject({ value: 'Flag', stored: 'File', source: 'flag' });
  expect(await told(store, 'log.level')).toMatchObject({
    value: 'warn',
    stored: 'debug',
    source: 'environment',
  });
});

test('a port that is picked is told as the one that was', async () => {
  const store = storeOf(['server.port=0']);
  expect((await store.list(4_711)).find(({ name }) => name === 'server.port')).toMatchObject({
    value: 4_711,
  });
});

test('what a running core was started with is in force, whatever the file says since', async () => {
  write('{ "server.name": "Hall 2", "backup.intervalMs": 60000 }');
  const store = storeOf();
  store.adopt([
    { name: 'server.name', value: 'Hall 1', source: 'file' },
    { name: 'backup.intervalMs', value: 1_000, source: 'environment' },
    { name: 'of.another.version', value: 1, source: 'file' },
  ]);
  expect(store.inForce['server.name']).toBe('Hall 1');
  expect(await told(store, 'server.name')).toMatchObject({
    value: 'Hall 1',
    stored: 'Hall 2',
    source: 'file',
  });
  expect(await told(store, 'backup.intervalMs')).toMatchObject({ value: 1_000, source: 'environment' });
  expect(await store.set([{ name: 'server.name', value: 'Hall 2' }])).toEqual({ needsRestart: true });
  expect(await store.set([{ name: 'server.name', value: 'Hall 1' }])).toEqual({ needsRestart: false });
  await store.reload();
  expect(await told(store, 'backup.intervalMs')).toMatchObject({ value: 60_000, source: 'file' });
});
