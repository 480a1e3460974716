// Every setting once: name, bounds, default, unit, whether it needs a restart; and how its value is found.
//
// In rising order of right: the default, settings.json, the environment, `--set NAME=VALUE`.

import { hostPattern } from './host-pattern.ts';
import { reasonOf } from './reason.ts';

export interface IntegerSetting {
  readonly type: 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit: 'ms' | 'bytes' | 'count' | 'port';
  readonly needsRestart: boolean;
  readonly meaning: string;
}

export interface TextSetting {
  readonly type: 'text';
  readonly default: string;
  readonly maxLength: number;
  readonly pattern?: RegExp;
  /** What the pattern lets through, in words that follow "must be". */
  readonly mustBe?: string;
  readonly needsRestart: boolean;
  readonly meaning: string;
}

export interface SwitchSetting {
  readonly type: 'switch';
  readonly default: boolean;
  readonly needsRestart: boolean;
  readonly meaning: string;
}

export type SettingRow = IntegerSetting | TextSetting | SwitchSetting;

const HOUR_MS = 3_600_000;

function duration(
  defaultMs: number,
  meaning: string,
  minimumMs = 10,
  maximumMs = 24 * HOUR_MS,
): IntegerSetting {
  return {
    type: 'integer',
    default: defaultMs,
    minimum: minimumMs,
    maximum: maximumMs,
    unit: 'ms',
    needsRestart: true,
    meaning,
  };
}

function count(defaultCount: number, minimum: number, maximum: number, meaning: string): IntegerSetting {
  return {
    type: 'integer',
    default: defaultCount,
    minimum,
    maximum,
    unit: 'count',
    needsRestart: true,
    meaning,
  };
}

const MEBIBYTE = 1024 * 1024;

function space(defaultBytes: number, meaning: string): IntegerSetting {
  return {
    type: 'integer',
    default: defaultBytes,
    minimum: MEBIBYTE,
    maximum: 1024 * 1024 * MEBIBYTE,
    unit: 'bytes',
    needsRestart: true,
    meaning,
  };
}

function port(meaning: string): IntegerSetting {
  return {
    type: 'integer',
    default: 8090,
    minimum: 0,
    maximum: 65_535,
    unit: 'port',
    needsRestart: true,
    meaning,
  };
}

export const settings = {
  'server.name': {
    type: 'text',
    default: '',
    maxLength: 60,
    // It reaches terminals, the tray and every PC that looks for servers.
    pattern: /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}]*(?<!\s)$/u,
    mustBe: 'one line of text, without control characters and without blanks around it',
    needsRestart: true,
    meaning: "The name that clients see when they look for servers; empty: the PC's name.",
  },
  'server.host': {
    type: 'text',
    default: '0.0.0.0',
    maxLength: 255,
    pattern: hostPattern,
    mustBe: 'an IP address, such as 192.168.1.20, or the name of a PC',
    needsRestart: true,
    meaning: 'The address to listen on; 0.0.0.0 means every network card, 127.0.0.1 this PC only.',
  },
  'server.port': port('The TCP port for clients; 0 picks a free one once and keeps it here.'),
  'discovery.port': port('The UDP port on which the server is found; 0 switches discovery off.'),
  'discovery.intervalMs': duration(5_000, 'How often the server announces itself.', 100),

  'connections.max': count(512, 1, 4_096, 'Clients connected at once.'),
  'connections.perAddressMax': count(48, 1, 4_096, 'Clients connected at once from one address.'),
  'connections.handshakeTimeoutMs': duration(30_000, 'Time for TLS, hello and sign-in of a new connection.'),
  'connections.frameTimeoutMs': duration(30_000, 'Time for the rest of a frame once its first byte came.'),
  'connections.writeTimeoutMs': duration(10_000, 'Time that a peer may refuse to take our bytes.'),
  'connections.requestTimeoutMs': duration(60_000, 'Time for one request, unless its method says more.'),
  'connections.idleTimeoutMs': duration(
    60_000,
    'A connection on which nothing arrives for so long is closed; clients ping three times as often.',
    100,
  ),

  'watchdog.hangTimeoutMs': duration(
    30_000,
    'Silence of the core after which it is ended and started again.',
    300,
  ),
  'watchdog.startGraceMs': duration(
    60_000,
    'Time that a starting core may be silent without progress.',
    1_000,
  ),
  'restart.budget': count(
    5,
    0,
    1_000_000,
    'Deaths within 10 minutes before safe mode; 0 means no limit, neither for revived supervisors.',
  ),
  'restart.backoffMs': duration(
    500,
    'Pause after the second death in 10 minutes (after the first there is none); it doubles with each, up to 30 s.',
    0,
  ),
  'stop.graceMs': duration(
    60_000,
    'Time for work in flight at a stop; as long again until it is forced.',
    100,
  ),
  'supervisor.revivedByService': {
    type: 'switch',
    default: false,
    needsRestart: true,
    meaning: 'A service manager starts the supervisor again, so the core need not.',
  },
  'supervisor.absenceMs': duration(
    5_000,
    'Time that the core waits without a supervisor before it starts one.',
    100,
  ),

  'backup.secondFolder': {
    type: 'text',
    default: '',
    // Absolute: the server may be started again from any folder.
    pattern: /^($|\/|[A-Za-z]:[\\/]|\\\\)/,
    mustBe: 'a folder from its root, such as /mnt/backup or D:/backup, or empty',
    // Windows takes 260 characters for a whole path, Linux 4,096: what follows of ours is under 200.
    maxLength: 3_800,
    needsRestart: true,
    meaning:
      'A folder on a second drive, from its root: copies of the backups and the journal go there; empty: none.',
  },
  'backup.intervalMs': duration(
    5 * 60_000,
    'Between two snapshots when something changed; it grows where copying would take more than 5 % of the time.',
    100,
  ),
  'disk.lowBytes': space(500 * MEBIBYTE, 'Free space below which the admin is warned.'),
  'disk.criticalBytes': space(
    100 * MEBIBYTE,
    'Free space below which backups pause and extra snapshots are removed.',
  ),
  'disk.checkIntervalMs': duration(30 * 60_000, 'How often the free space is looked at.', 100),
  'disk.lowCheckIntervalMs': duration(60_000, 'How often it is looked at while it is low.', 100),
  'integrity.checkIntervalMs': duration(
    24 * HOUR_MS,
    'Between two full checks of the database.',
    1_000,
    7 * 24 * HOUR_MS,
  ),
  'integrity.checkDelayMs': duration(10_000, 'From the start of serving to the first full check.', 0),

  'log.level': {
    type: 'text',
    default: 'info',
    maxLength: 5,
    pattern: /^(debug|info|warn|error)$/,
    mustBe: 'debug, info, warn or error',
    needsRestart: true,
    meaning: 'The least severe log lines that are written: debug, info, warn or error.',
  },
  'log.commitSlowMs': duration(1_000, 'A commit that takes longer is logged as slow.', 1),
} as const satisfies Record<string, SettingRow>;

export type SettingName = keyof typeof settings;
type ValueOf<Row extends SettingRow> = Row extends IntegerSetting
  ? number
  : Row extends SwitchSetting
    ? boolean
    : string;
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]> };

export type SettingSource = 'settings.json' | 'environment' | '--set';

/** A source as it is told to people and programs. */
export type SettingOrigin = 'default' | 'file' | 'environment' | 'flag';

const origins = { 'settings.json': 'file', environment: 'environment', '--set': 'flag' } as const;

/** Where a value came from; the default has no source. */
export function originOf(source: SettingSource | undefined): SettingOrigin {
  return source === undefined ? 'default' : origins[source];
}

/** One thing that is wrong with the settings; `nearest` is the most similar name of an unknown setting. */
export interface SettingProblem {
  readonly source: SettingSource;
  readonly name: string;
  readonly reason: string;
  readonly nearest?: string;
}

export interface SettingsFound {
  readonly settings: Settings;
  /** Where each value that is not the default came from. */
  readonly sources: Partial<Record<SettingName, SettingSource>>;
  readonly problems: readonly SettingProblem[];
}

export interface SettingsInput {
  /** The text of settings.json; undefined where there is no file. */
  readonly fileText?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Each `NAME=VALUE` of the command line, in its order. */
  readonly flags?: readonly string[];
}

/** `watchdog.hangTimeoutMs` is MASALA_WATCHDOG_HANG_TIMEOUT_MS in the environment. */
export function environmentName(name: string): string {
  return `MASALA_${name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

/** Works out every setting. It never throws: what is wrong is listed in `problems`, and the rest is still worked out. */
export function readSettings(input: SettingsInput): SettingsFound {
  const values: Record<string, number | string | boolean> = {};
  for (const [name, row] of Object.entries(settings)) values[name] = row.default;
  const sources: Partial<Record<SettingName, SettingSource>> = {};
  const problems: SettingProblem[] = [];

  const take = (source: SettingSource, name: string, raw: unknown) => {
    if (!isSettingName(name)) {
      const nearest = nearestName(name, Object.keys(settings));
      problems.push({
        source,
        name,
        reason: 'is not a setting',
        ...(nearest === undefined ? {} : { nearest }),
      });
      return;
    }
    const read = readValue(settings[name], raw);
    if ('reason' in read) {
      problems.push({ source, name, reason: read.reason });
      return;
    }
    values[name] = read.value;
    sources[name] = source;
  };

  for (const [name, raw] of fileEntries(input.fileText, problems)) take('settings.json', name, raw);
  for (const name of Object.keys(settings)) {
    const raw = input.environment?.[environmentName(name)];
    if (raw !== undefined) take('environment', name, raw);
  }
  for (const flag of input.flags ?? []) {
    const at = flag.indexOf('=');
    if (at < 1) problems.push({ source: '--set', name: flag, reason: 'must have the form NAME=VALUE' });
    else take('--set', flag.slice(0, at), flag.slice(at + 1));
  }
  return { settings: values as Settings, sources, problems };
}

/** One line for each problem, ready for a terminal. */
export function describeProblem(problem: SettingProblem): string {
  const guess = problem.nearest === undefined ? '' : `; did you mean "${problem.nearest}"?`;
  return `${problem.source}: "${problem.name}" ${problem.reason}${guess}`;
}

/** The most similar of `names`, where at most a third of the letters differ; undefined where none is close. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const lower = wanted.toLowerCase().slice(0, 100);
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best !== undefined && best.distance <= Math.ceil(best.name.length / 3) ? best.name : undefined;
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}

function fileEntries(text: string | undefined, problems: SettingProblem[]): [string, unknown][] {
  if (text === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return Object.entries(parsed);
    problems.push({ source: 'settings.json', name: '(file)', reason: 'must be one JSON object' });
  } catch (error) {
    problems.push({
      source: 'settings.json',
      name: '(file)',
      reason: `is not JSON: ${reasonOf(error)}`,
    });
  }
  return [];
}

function readValue(row: SettingRow, raw: unknown): { value: number | string | boolean } | { reason: string } {
  switch (row.type) {
    case 'integer': {
      const value = typeof raw === 'string' && /^-?\d{1,16}$/.test(raw.trim()) ? Number(raw) : raw;
      if (
        typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= row.minimum &&
        value <= row.maximum
      ) {
        return { value };
      }
      return { reason: `must be a whole number from ${row.minimum} to ${row.maximum} (${row.unit})` };
    }
    case 'switch':
      if (raw === true || raw === 'true') return { value: true };
      if (raw === false || raw === 'false') return { value: false };
      return { reason: 'must be true or false' };
    case 'text':
      if (typeof raw !== 'string') return { reason: 'must be a text' };
      if (raw.length > row.maxLength) return { reason: `must have at most ${row.maxLength} characters` };
      if (row.pattern !== undefined && !row.pattern.test(raw)) return { reason: `must be ${row.mustBe}` };
      return { value: raw };
  }
}

/** Levenshtein's distance, in one row of memory. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
