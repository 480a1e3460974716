// The settings as the server has them in force, and settings.json as the admin changes it.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  hasErrorCode,
  type ParamsOf,
  runFolder,
  type SettingInForce,
  type SettingTold,
  type StartFlags,
  type SupervisorControl,
  writeWithReserveAsync,
} from '@masala/protocol/control';
import { replaceFileDurablyAsync } from '@masala/protocol/durable-file';
import {
  describeProblem,
  MasalaError,
  originOf,
  readSettings,
  reasonOf,
  type SettingName,
  type SettingOrigin,
  type SettingProblem,
  type SettingRow,
  type Settings,
  type SettingsFound,
  settings as table,
} from '@masala/protocol/tables';
import { type DiskLane, DiskSilentError } from './disk-lane.ts';

type Change = ParamsOf<SupervisorControl, 'settings.set'>['changes'][number];
type Value = number | string | boolean;

export interface SettingsChanged {
  readonly needsRestart: boolean;
}

const SERVER_NAME_MAX_LENGTH = table['server.name'].maxLength;

/** The name under which clients see the server. */
export function serverName(settings: Settings | undefined): string {
  return settings?.['server.name'] || hostname().slice(0, SERVER_NAME_MAX_LENGTH);
}

/**
 * Works out every setting from all its sources. Throws SETTINGS_INVALID where settings.json cannot be read at all. Before a
 * start only, where nothing waits meanwhile.
 */
export function findSettings(
  dataDir: string,
  flags: StartFlags,
  environment: NodeJS.ProcessEnv,
): SettingsFound {
  return found(settingsTextAtStart(dataDir), flags, environment);
}

interface InForce {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingName, SettingOrigin>>;
}

function inForceOf({ settings, sources }: SettingsFound): InForce {
  const names = Object.keys(table) as SettingName[];
  const origins = Object.fromEntries(names.map((name) => [name, originOf(sources[name])]));
  return { settings, origins: origins as InForce['origins'] };
}

export class SettingsStore {
  readonly #dataDir: string;
  readonly #flags: StartFlags;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #disk: DiskLane;
  #inForce: InForce;

  constructor(dataDir: string, flags: StartFlags, environment: NodeJS.ProcessEnv, disk: DiskLane) {
    this.#dataDir = dataDir;
    this.#flags = flags;
    this.#environment = environment;
    this.#disk = disk;
    this.#inForce = inForceOf(findSettings(dataDir, flags, environment));
  }

  /** What the server runs with. */
  get inForce(): Settings {
    return this.#inForce.settings;
  }

  /** What the running core says that it was started with: the file may say something else since. */
  adopt(told: readonly SettingInForce[]): void {
    const { settings, origins } = this.#inForce;
    // A core of another version may not know some of them; of what only it knows nobody here asks.
    this.#inForce = {
      settings: { ...settings, ...Object.fromEntries(told.map(({ name, value }) => [name, value])) },
      origins: { ...origins, ...Object.fromEntries(told.map(({ name, source }) => [name, source])) },
    };
  }

  /** A core is about to start, which reads them too. What it will refuse does not come into force here either. */
  async reload(): Promise<void> {
    try {
      const read = await this.#disk.run('settings.json', () => this.#read());
      if (read.problems.length === 0) this.#inForce = inForceOf(read);
    } catch (error) {
      // Unreadable: the core ends of it and says so.
      if (!(error instanceof MasalaError || error instanceof DiskSilentError)) throw error;
    }
  }

  /** Throws SETTINGS_INVALID where a core that is started now would end at once. */
  async check(): Promise<void> {
    try {
      throwProblems((await this.#disk.run('settings.json', () => this.#read())).problems);
    } catch (error) {
      throw error instanceof DiskSilentError ? unreadable(error) : error;
    }
  }

  /** Every setting; `port`: on which the core listens, which stands for a 0 that had one picked. */
  async list(port: number | null): Promise<SettingTold[]> {
    const stored = await this.#stored();
    const { settings, origins } = this.#inForce;
    return Object.entries(table).map(([key, row]) => {
      const name = key as SettingName;
      const isPicked = name === 'server.port' && settings[name] === 0;
      return {
        ...toldRow(row),
        name,
        value: isPicked ? (port ?? 0) : settings[name],
        source: origins[name],
        stored: stored[name] ?? null,
      };
    });
  }

  /**
   * Writes changes into settings.json, all or none, durably; what else is in the file stays as it is. Throws SETTINGS_INVALID
   * where the file would not be valid afterwards, DISK_FULL and SETTINGS_UNWRITABLE.
   */
  async set(changes: readonly Change[]): Promise<SettingsChanged> {
    try {
      return await this.#disk.run('settings.json', () => this.#change(changes));
    } catch (error) {
      if (!(error instanceof DiskSilentError)) throw error;
      throw new MasalaError('SETTINGS_UNWRITABLE', { reason: error.message }, { cause: error });
    }
  }

  async #change(changes: readonly Change[]): Promise<SettingsChanged> {
    const fileText = changedText(await this.#text(), changes);
    throwProblems(readSettings({ fileText }).problems);
    await this.#write(fileText);
    const next = found(fileText, this.#flags, this.#environment).settings;
    const { inForce } = this;
    const needsRestart = changes.some(({ name }) => {
      const known = name as SettingName;
      return table[known]?.needsRestart === true && next[known] !== inForce[known];
    });
    return { needsRestart };
  }

  async #read(): Promise<SettingsFound> {
    return found(await this.#text(), this.#flags, this.#environment);
  }

  async #text(): Promise<string | undefined> {
    return await settingsText(this.#dataDir);
  }

  /** What the file names, as the table has it; nothing of what is damaged. */
  async #stored(): Promise<Partial<Record<string, Value>>> {
    try {
      const fileText = await this.#disk.run('settings.json', () => this.#text());
      const { settings, sources } = readSettings({ fileText });
      return Object.fromEntries(Object.keys(sources).map((name) => [name, settings[name as SettingName]]));
    } catch {
      return {}; // a list is no place for what is wrong with the file: a change and a restart tell it
    }
  }

  async #write(text: string): Promise<void> {
    const path = settingsPath(this.#dataDir);
    try {
      await writeWithReserveAsync(runFolder(this.#dataDir), () => replaceFileDurablyAsync(path, text));
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
function settingsTextAtStart(dataDir: string): string | undefined {
  try {
    return readFileSync(settingsPath(dataDir), 'utf8');
  } catch (error) {
    return absentOrThrow(error);
  }
}

/** As above, for a main loop that must not wait for a disk. */
async function settingsText(dataDir: string): Promise<string | undefined> {
  try {
    return await readFile(settingsPath(dataDir), 'utf8');
  } catch (error) {
    return absentOrThrow(error);
  }
}

function absentOrThrow(error: unknown): undefined {
  if (!hasErrorCode(error, 'ENOENT')) throw unreadable(error);
  return undefined;
}

function unreadable(error: unknown): MasalaError {
  const problems = [`settings.json: ${reasonOf(error)}`];
  return new MasalaError('SETTINGS_INVALID', { problems }, { cause: error });
}

function settingsPath(dataDir: string): string {
  return join(dataDir, 'settings.json');
}

function found(
  fileText: string | undefined,
  flags: StartFlags,
  environment: NodeJS.ProcessEnv,
): SettingsFound {
  return readSettings({ fileText, environment, flags: settingFlags(flags) });
}

/** `--host` and the ports are settings with a flag of their own, so one table says what they may be. */
function settingFlags(flags: StartFlags): string[] {
  const given = [...flags.set];
  if (flags.host !== null) given.push(`server.host=${flags.host}`);
  if (flags.port !== null) given.push(`server.port=${flags.port}`);
  if (flags.discoveryPort !== null) given.push(`discovery.port=${flags.discoveryPort}`);
  return given;
}
