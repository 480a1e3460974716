// Settings: each source, each kind of mistake, and the table itself.

import fc from 'fast-check';
import {
  describeProblem,
  environmentName,
  nearestName,
  readSettings,
  type SettingProblem,
  type SettingRow,
  settings,
} from './settings.ts';

const rows = Object.entries<SettingRow>(settings);

function problemOf(input: Parameters<typeof readSettings>[0]): SettingProblem | undefined {
  const { problems } = readSettings(input);
  expect(problems.length).toBeLessThanOrEqual(1);
  return problems[0];
}

test('without any source every setting has its default', () => {
  const found = readSettings({});
  expect(found.problems).toEqual([]);
  expect(found.sources).toEqual({});
  for (const [name, row] of rows) expect(Reflect.get(found.settings, name)).toBe(row.default);
});

test('the later source has the greater right: file, environment, --set', () => {
  const name = 'watchdog.hangTimeoutMs';
  const fileText = JSON.stringify({ [name]: 1_000 });
  const environment = { MASALA_WATCHDOG_HANG_TIMEOUT_MS: '2000' };
  const flags = [`${name}=3000`, `${name}=4000`];
  const valueAndSource = (input: Parameters<typeof readSettings>[0]) => {
    const found = readSettings(input);
    return [found.settings[name], found.sources[name]];
  };
  expect(valueAndSource({})).toEqual([30_000, undefined]);
  expect(valueAndSource({ fileText })).toEqual([1_000, 'settings.json']);
  expect(valueAndSource({ fileText, environment })).toEqual([2_000, 'environment']);
  expect(valueAndSource({ fileText, environment, flags })).toEqual([4_000, '--set']);
});

test('a wrong value never displaces a right one of a lesser source', () => {
  const found = readSettings({
    fileText: '{"server.port": 9000}',
    environment: { MASALA_SERVER_PORT: 'ninety' },
  });
  expect(found.settings['server.port']).toBe(9_000);
  expect(found.problems.map((problem) => problem.source)).toEqual(['environment']);
});

test.each([
  ['not JSON', '{"server.port": 9000', /^is not JSON: /],
  ['empty', '', /^is not JSON: /],
  ['an array', '[1]', /^must be one JSON object$/],
  ['null', 'null', /^must be one JSON object$/],
  ['a number', '8090', /^must be one JSON object$/],
])('a settings file that is %s', (_name, fileText, reason) => {
  const problem = problemOf({ fileText });
  expect(problem).toMatchObject({ source: 'settings.json', name: '(file)' });
  expect(problem?.reason).toMatch(reason);
});

test('a byte order mark, as Windows editors write it, is no mistake', () => {
  const found = readSettings({ fileText: '\ufeff{"server.name": "Warehouse"}' });
  expect([found.settings['server.name'], found.problems]).toEqual(['Warehouse', []]);
});

test.each([
  ['server.prot', 'server.port'],
  ['Server.Port', 'server.port'],
  ['watchdog.hangTimeout', 'watchdog.hangTimeoutMs'],
  ['discovery.interval', 'discovery.intervalMs'],
  ['log.levle', 'log.level'],
  ['__proto__', undefined],
  ['constructor', undefined],
  ['x', undefined],
])('of the unknown name %s the nearest is %s', (name, nearest) => {
  const fileText = `{${JSON.stringify(name)}: 1}`;
  const problem = problemOf({ fileText });
  expect(problem).toEqual({
    source: 'settings.json',
    name,
    reason: 'is not a setting',
    ...(nearest && { nearest }),
  });
  const line = `settings.json: "${name}" is not a setting`;
  expect(problem && describeProblem(problem)).toBe(nearest ? `${line}; did you mean "${nearest}"?` : line);
});

test.each<[string, unknown]>([
  ['server.port', 70_000],
  ['server.port', -1],
  ['server.port', 80.5],
  ['server.port', null],
  ['server.port', true],
  ['server.port', [8090]],
  ['server.port', '8090x'],
  ['server.port', ''],
  ['server.port', '1e3'],
  ['server.port', '0x10'],
  ['connections.max', 0],
  ['watchdog.hangTimeoutMs', 1e308],
  ['supervisor.revivedByService', 1],
  ['supervisor.revivedByService', 'yes'],
  ['server.name', 7],
  ['server.name', 'x'.repeat(61)],
  ['log.level', 'loud'],
  ['log.level', 'INFO'],
])('%s: %j is refused with what it must be', (name, value) => {
  const problem = problemOf({ fileText: JSON.stringify({ [name]: value }) });
  expect(problem).toMatchObject({ source: 'settings.json', name });
  expect(problem?.reason).toMatch(/^must /);
});

test.each([
  ['log.level', 'LOUD', 'must be debug, info, warn or error'],
  ['backup.secondFolder', 'relative/x', 'must be a folder from its root'],
  ['server.name', 'Hall\n1', 'must be one line of text'],
  ['server.name', 'Hall \u001b[31m1', 'must be one line of text'],
  ['server.name', 'Hall\u20281', 'must be one line of text'],
  ['server.name', ' Hall', 'must be one line of text'],
  ['server.name', 'Hall ', 'must be one line of text'],
  ['server.host', '999.1.1.1', 'must be an IP address'],
])('%s: %j is refused in words', (name, value, words) => {
  expect(problemOf({ fileText: JSON.stringify({ [name]: value }) })?.reason).toContain(words);
});

test.each(['', 'Hall 1', 'Lagerhalle Süd 🏭', 'गोदाम'])('server.name may be %j', (name) => {
  expect(readSettings({ flags: [`server.name=${name}`] }).problems).toEqual([]);
});

test.each([
  ...['0.0.0.0', '127.0.0.1', '192.168.1.20', '::', '::1', 'fe80::1%eth0', '2001:db8::8:800:200c:417a'],
  ...['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::ffff:127.0.0.1', 'localhost', 'hall-1', 'hall.example.org'],
])('server.host may be %s', (host) => {
  expect(readSettings({ flags: [`server.host=${host}`] }).problems).toEqual([]);
});

test.each([
  ...[
    '',
    '999.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    '192.168.1.256',
    '192.168.1.20:8090',
    '8090',
    'a b',
    '-a',
    'a..b',
  ],
  ...[':', '1:2', '1::2::3', '1:2:3:4:5:6:7:8:9', 'http://hall', 'hall\n'],
])('server.host may not be %j', (host) => {
  expect(readSettings({ flags: [`server.host=${host}`] }).problems).toHaveLength(1);
});

test('the reason names range and unit', () => {
  const problem = problemOf({ flags: ['server.port=70000'] });
  expect(problem && describeProblem(problem)).toBe(
    '--set: "server.port" must be a whole number from 0 to 65535 (port)',
  );
});

test.each(['server.port', '=8090', ''])('--set "%s" has not the form NAME=VALUE', (flag) => {
  expect(problemOf({ flags: [flag] })).toEqual({
    source: '--set',
    name: flag,
    reason: 'must have the form NAME=VALUE',
  });
});

test('a value may contain an equals sign', () => {
  expect(readSettings({ flags: ['server.name=a=b'] }).settings['server.name']).toBe('a=b');
});

test('texts from the environment are read as what the setting is', () => {
  const found = readSettings({
    environment: {
      MASALA_SUPERVISOR_REVIVED_BY_SERVICE: 'true',
      MASALA_SERVER_PORT: ' 9000 ',
      MASALA_OTHER: '1',
    },
  });
  expect(found.problems).toEqual([]);
  expect(found.settings['supervisor.revivedByService']).toBe(true);
  expect(found.settings['server.port']).toBe(9_000);
});

test('whatever stands in the file, reading it ends and keeps every setting within its bounds', () => {
  const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.string());
  const entry = fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(settings)), fc.string()), value);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), fc.string(), (entries, junk) => {
      const fileText = JSON.stringify(Object.fromEntries(entries));
      for (const input of [{ fileText }, { fileText: junk }, { flags: [junk] }]) {
        const found: Record<string, unknown> = readSettings(input).settings;
        for (const [name, row] of rows) {
          const set = found[name];
          expect(typeof set).toBe(typeof row.default);
          if (row.type === 'integer')
            expect(set).toBe(Math.min(Math.max(Number(set), row.minimum), row.maximum));
        }
      }
    }),
  );
});

test.each(rows)('the row %s holds together', (name, row) => {
  // What is written back is read as the same: the default is within the row's own bounds.
  expect(readSettings({ flags: [`${name}=${row.default}`] }).problems).toEqual([]);
  expect(row.meaning).toMatch(/^[A-Z].*[.]$/);
  // A pattern is told in words.
  if (row.type === 'text') expect(row.mustBe !== undefined).toBe(row.pattern !== undefined);
  // A duration says its unit in its name.
  if (row.type === 'integer') expect(name.endsWith('Ms')).toBe(row.unit === 'ms');
});

test('every setting has a name of its own in the environment', () => {
  const names = Object.keys(settings).map(environmentName);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^MASALA_[A-Z]+(_[A-Z]+)*$/);
  expect(environmentName('connections.perAddressMax')).toBe('MASALA_CONNECTIONS_PER_ADDRESS_MAX');
});

test('each name is nearest to itself, and a name of a megabyte is no work', () => {
  const names = Object.keys(settings);
  for (const name of names) expect(nearestName(name, names)).toBe(name);
  expect(nearestName('x'.repeat(1_000_000), names)).toBeUndefined();
  expect(nearestName('server.port', [])).toBeUndefined();
});
