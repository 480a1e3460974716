// `masala-server settings`: asked of the supervisor, or, where none runs, of settings.json itself: a server that does not start
// for its settings has to be mended too.

import type { SettingInForce, SettingTold } from '@masala/protocol/control';
import { environmentName, exitCodes } from '@masala/protocol/tables';
import { DiskLane } from '../disk-lane.ts';
import { SettingsStore } from '../settings-store.ts';
import { flagsOf } from './flags-of.ts';
import { type OutputOptions, printResult } from './output.ts';
import { type Reached, reach } from './reach.ts';
import { tableLines } from './words.ts';

interface SettingsDesk {
  readonly runs: boolean;
  list(): Promise<readonly SettingTold[]>;
  set(name: string, value: string | null): Promise<{ readonly needsRestart: boolean }>;
}

export async function listSettings(dataDir: string, options: OutputOptions): Promise<number> {
  return await withSettings(dataDir, async (desk) => {
    const settings = await desk.list();
    printResult(settings, tableLines(settings.map(describeSetting)), options);
    return exitCodes.OK.code;
  });
}

/** Writes a setting into settings.json; null takes it out. */
export async function setSetting(
  dataDir: string,
  name: string,
  value: string | null,
  options: OutputOptions,
): Promise<number> {
  return await withSettings(dataDir, async (desk) => {
    const { needsRestart } = await desk.set(name, value);
    const told = (await desk.list()).find((setting) => setting.name === name);
    const done =
      told === undefined || value === null
        ? `${name} is no longer in settings.json${told === undefined ? '' : `; its default is ${shown(told.default)}`}.`
        : `${name} is ${shown(told.stored ?? told.default)} in settings.json.`;
    const lines = [done, ...(told === undefined ? [] : inForceLines(told, desk.runs && needsRestart))];
    printResult({ name, value: told?.stored ?? null, needsRestart }, lines, options);
    return exitCodes.OK.code;
  });
}

function inForceLines({ name, source, value }: SettingTold, needsRestart: boolean): string[] {
  if (source === 'flag')
    return [`A flag of the start says ${shown(value)}, which wins until a start without it.`];
  if (source === 'environment')
    return [`The environment (${environmentName(name)}) says ${shown(value)}, and wins.`];
  return needsRestart ? ['In force after `masala-server restart`.'] : [];
}

async function withSettings(dataDir: string, ask: (desk: SettingsDesk) => Promise<number>): Promise<number> {
  const reached = await reach(dataDir);
  try {
    if (reached.by !== 'supervisor') return await ask(deskOfFile(dataDir, await askedCore(reached)));
    const { connection } = reached;
    return await ask({
      runs: true,
      list: async () => (await connection.call('settings.list', {})).settings,
      set: (name, value) => connection.call('settings.set', { changes: [{ name, value }] }),
    });
  } finally {
    if (reached.by !== 'nobody') reached.connection.close();
  }
}

/** What a core says that it runs with. */
interface InForce {
  readonly settings: readonly SettingInForce[];
  readonly port: number | null;
}

/** Of the core where it answers in the place of its supervisor, and who was asked, told beside the result. */
async function askedCore(reached: Exclude<Reached, { by: 'supervisor' }>): Promise<InForce | null> {
  if (reached.by === 'nobody') {
    if (reached.processes.length > 0)
      console.error('masala-server: the server does not answer; settings.json was read.');
    return null;
  }
  console.error('masala-server: the supervisor does not answer; the core was asked, and settings.json read.');
  const { settings } = await reached.connection.call('settings.inForce', {});
  const { port } = await reached.connection.call('status', {});
  return { settings, port };
}

/** `inForce`: null where no core says it; then it is what the next start finds. */
function deskOfFile(dataDir: string, inForce: InForce | null): SettingsDesk {
  const disk = new DiskLane(() => undefined); // the terminal tells the error itself
  // Made anew, since the file changes in between.
  const store = () => {
    const made = new SettingsStore(dataDir, flagsOf(dataDir), process.env, disk);
    if (inForce !== null) made.adopt(inForce.settings);
    return made;
  };
  return {
    runs: inForce !== null,
    list: () => store().list(inForce?.port ?? null),
    set: (name, value) => store().set([{ name, value }]),
  };
}

/** Name, value, what it may be, where it comes from. */
function describeSetting(setting: SettingTold): string[] {
  const { name, value, stored, source, unit, minimum, maximum } = setting;
  const range =
    minimum === null ? '' : `${minimum} to ${maximum}${unit === 'ms' || unit === 'bytes' ? ` ${unit}` : ''}`;
  const next = source === 'file' || source === 'default' ? (stored ?? setting.default) : value;
  const pending = next === value ? '' : `; ${shown(next)} after a restart`;
  return [name, shown(value), range, `${source}${pending}`];
}

function shown(value: SettingTold['value']): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
