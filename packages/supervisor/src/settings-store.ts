// The settings as the server has them in force, and settings.json as the admin changes it.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  hasErrorCode,
  type ParamsOf,
  runFolder,
  type SettingTold,
  type StartFlags,
  type SupervisorControl,
  writeWithReserve,
} from '@masala/protocol/control';
import { replaceFileDurably } from '@masala/protocol/durable-file';
import {
  describeProblem,
  MasalaError,
  readSettings,
  type SettingName,
  type SettingProblem,
  type SettingRow,
  type Settings,
  type SettingsFound,
  settings as table,
} from '@masala/protocol/tables';

type Change = ParamsOf<SupervisorControl, 'settings.set'>['changes'][number];
type Value = number | string | boolean;

export interface SettingsChanged {
  readonly needsRestart: boolean;
}

const sourceNames = { 'settings.json': 'file', environment: 'environment', '--set': 'flag' } as const;
const SERVER_NAME_MAX_LENGTH = table['server.name'].maxLength;

/** The name under which clients see the server. */
export function serverName(settings: Settings | undefined): string {
  return settings?.['server.name'] || hostname().slice(0, SERVER_NAME_MAX_LENGTH);
}

/** Works out every setting from all its sources. Throws SETTINGS_INVALID where settings.json cannot be read at all. */
export function findSettings(
  dataDir: string,
  flags: StartFlags,
  environment: NodeJS.ProcessEnv,
): SettingsFound {
  return readSettings({ fileText: settingsText(dataDir), environment, flags: settingFlags(flags) });
}

export class SettingsStore {
  readonly #dataDir: string;
  readonly #flags: StartFlags;
  readonly #environment: NodeJS.ProcessEnv;
  #found: SettingsFound;

  constructor(dataDir: string, flags: StartFlags, environment: NodeJS.ProcessEnv) {
    this.#dataDir = dataDir;
    this.#flags = flags;
    this.#environment = environment;
    this.#found = this.#read();
  }

  /** What the server runs with. */
  get inForce(): Settings {
    return this.#found.settings;
  }

  /** A core is about to start, which reads them too. What it will refuse does not come into force here either. */
  reload(): void {
    try {
      const found = this.#read();
      if (found.problems.length === 0) this.#found = found;
    } catch (error) {
      if (!(error instanceof MasalaError)) throw error; // unreadable: the core ends of it and says so
    }
  }

  /** Throws SETTINGS_INVALID where a core that is started now would end at once. */
  check(): void {
    throwProblems(this.#read().problems);
  }

  /** Every setting; `port`: on which the core listens, which stands for a 0 that had one picked. */
  list(port: number | null): SettingTold[] {
    const { settings, sources } = this.#found;
    const stored = this.#stored();
    return Object.entries(table).map(([key, row]) => {
      const name = key as SettingName;
      const source = sources[name];
      const isPicked = name === 'server.port' && settings[name] === 0;
      return {
        ...toldRow(row),
        name,
        value: isPicked ? (port ?? 0) : settings[name],
        source: source === undefined ? 'default' : sourceNames[source],
        stored: stored[name] ?? null,
      };
    });
  }

  /**
   * Writes changes into settings.json, all or none, durably; what else is in the file stays as it is. Throws SETTINGS_INVALID
   * where the file would not be valid afterwards, DISK_FULL and SETTINGS_UNWRITABLE.
   */
  set(changes: readonly Change[]): SettingsChanged {
    const fileText = changedText(settingsText(this.#dataDir), changes);
    throwProblems(readSettings({ fileText }).problems);
    this.#write(fileText);
    const next = this.#read().settings;
    const { inForce } = this;
    const needsRestart = changes.some(({ name }) => {
      const known = name as SettingName;
      return table[known]?.needsRestart === true && next[known] !== inForce[known];
    });
    return { needsRestart };
  }

  #read(): SettingsFound {
    return findSettings(this.#dataDir, this.#flags, this.#environment);
  }

  /** What the file names, as the table has it; nothing of what is damaged. */
  #stored(): Partial<Record<string, Value>> {
    try {
      const { settings, sources } = readSettings({ fileText: settingsText(this.#dataDir) });
      return Object.fromEntries(Object.keys(sources).map((name) => [name, settings[name as SettingName]]));
    } catch {
      return {}; // a list is no place for what is wrong with the file: a change and a restart tell it
    }
  }

  #write(text: string): void {
    const path = join(this.#dataDir, 'settings.json');
    try {
      writeWithReserve(runFolder(this.#dataDir), () => replaceFileDurably(path, text));
    } catch (error) {
      if (hasErrorCode(error, 'ENOSPC', 'EDQUOT')) throw new MasalaError('DISK_FULL');
      throw new MasalaError('SETTINGS_UNWRITABLE', { reason: reasonOf(error) }, { cause: error });
    }
  }
}

/** The file's text with the changes in it. Throws SETTINGS_INVALID where it is no JSON object, or a name is none of ours. */
function changedText(text: string | undefined, changes: readonly Change[]): string {
  const values = new Map<string, unknown>(Object.entries(objectIn(text)));
  const problems: SettingProblem[] = [];
  for (const { name, value } of changes) {
    // A mistyped name that stands in the file can be taken out of it.
    if (value === null && values.delete(name)) continue;
    const read = readSettings({ fileText: JSON.stringify(Object.fromEntries([[name, value ?? '']])) });
    const own = read.problems.filter(() => value !== null || !Object.hasOwn(table, name));
    problems.push(...own);
    // As the table has it: a number that came as a text is written as a number.
    if (value !== null && own.length === 0) values.set(name, read.settings[name as SettingName]);
  }
  throwProblems(problems);
  return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
}

function objectIn(text: string | undefined): object {
  const problems = readSettings({ fileText: text }).problems.filter(({ name }) => name === '(file)');
  throwProblems(problems);
  return text === undefined ? {} : (JSON.parse(text.replace(/^\uFEFF/, '')) as object);
}

function toldRow(row: SettingRow): Omit<SettingTold, 'name' | 'value' | 'source' | 'stored'> {
  const { type, meaning, needsRestart } = row;
  return {
    ...{ type, meaning, needsRestart, default: row.default },
    unit: row.type === 'integer' ? row.unit : null,
    minimum: row.type === 'integer' ? row.minimum : null,
    maximum: row.type === 'integer' ? row.maximum : null,
    maxLength: row.type === 'text' ? row.maxLength : null,
  };
}

function throwProblems(problems: readonly SettingProblem[]): void {
  if (problems.length > 0)
    throw new MasalaError('SETTINGS_INVALID', { problems: problems.map(describeProblem) });
}

/** The text of settings.json; undefined where there is none. Throws SETTINGS_INVALID where it cannot be read. */
function settingsText(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, 'settings.json'), 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    const problems = [`settings.json: ${reasonOf(error)}`];
    throw new MasalaError('SETTINGS_INVALID', { problems }, { cause: error });
  }
}

/** `--host` and the ports are settings with a flag of their own, so one table says what they may be. */
function settingFlags(flags: StartFlags): string[] {
  const given = [...flags.set];
  if (flags.host !== null) given.push(`server.host=${flags.host}`);
  if (flags.port !== null) given.push(`server.port=${flags.port}`);
  if (flags.discoveryPort !== null) given.push(`discovery.port=${flags.discoveryPort}`);
  return given;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
