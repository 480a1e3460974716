// The steps of the first run, and what of them is kept while it lasts: it goes on where it was left.

import { settings } from '@masala/protocol/tables';
import { texts } from '../../shared/texts.ts';
import { settingProblem } from '../settings/setting-rules.ts';

export const welcomeSteps = ['name', 'backups', 'device', 'closing'] as const;
export type WelcomeStep = (typeof welcomeSteps)[number];

export interface WelcomeDraft {
  readonly step: WelcomeStep;
  readonly name: string;
  readonly folder: string;
}

export const freshDraft: WelcomeDraft = { step: 'name', name: '', folder: '' };

/** What was kept; the beginning where nothing was, or nothing that can be read. */
export function readDraft(kept: string | null): WelcomeDraft {
  try {
    const { step, name, folder } = { ...(JSON.parse(kept ?? '{}') as Partial<WelcomeDraft>) };
    return {
      step: welcomeSteps.find((one) => one === step) ?? freshDraft.step,
      name: typeof name === 'string' ? name : '',
      folder: typeof folder === 'string' ? folder : '',
    };
  } catch {
    return freshDraft;
  }
}

export function stepAfter(step: WelcomeStep): WelcomeStep {
  return welcomeSteps[welcomeSteps.indexOf(step) + 1] ?? step;
}

export function stepBefore(step: WelcomeStep): WelcomeStep {
  return welcomeSteps[welcomeSteps.indexOf(step) - 1] ?? step;
}

/**
 * What the end of the first run writes. The name in any case, since a name of its own is what tells that the first run is
 * over: where none was chosen, the one that the server has.
 */
export function settingsOf({ name, folder }: WelcomeDraft, presentName: string) {
  return [
    { name: 'server.name', value: name === '' ? presentName : name },
    ...(folder === '' ? [] : [{ name: 'backup.secondFolder', value: folder }]),
  ];
}

/** What is wrong with a name as it is written; undefined where nothing is. */
export function nameProblem(written: string): string | undefined {
  const { empty, unfitting, tooLong } = texts.welcome.name;
  const name = written.trim();
  if (name === '') return empty;
  const row = settings['server.name'];
  const problem = settingProblem({ ...row, name: 'server.name' }, name);
  if (problem === undefined) return undefined;
  return problem === 'tooLong' ? tooLong(row.maxLength) : unfitting;
}

/** Whether what was chosen takes effect only after a restart: a name that the server has already does not matter. */
export function needsRestart({ name, folder }: WelcomeDraft, presentName: string): boolean {
  return folder !== '' || (name !== '' && name !== presentName);
}
