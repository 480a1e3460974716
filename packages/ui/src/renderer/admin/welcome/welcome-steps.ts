// The steps of the first run, and what of them is kept while it lasts: it goes on where it was left.

import { settings } from '@masala/protocol/tables';
import { texts } from '../../shared/texts.ts';
import { settingProblem } from '../settings/setting-rules.ts';

export const welcomeSteps = ['name', 'backups', 'device', 'closing'] as const;
export type WelcomeStep = (typeof welcomeSteps)[number];

interface Answers {
  readonly name: string;
  readonly folder: string;
}

/** What was chosen, empty where a step was skipped; and the step at which it goes on. */
export interface WelcomeDraft extends Answers {
  readonly step: WelcomeStep;
  /** What stands in a field, and was neither continued with nor skipped: not judged yet, and not lost. */
  readonly typed: Partial<Answers>;
}

export const freshDraft: WelcomeDraft = { step: 'name', name: '', folder: '', typed: {} };

/** What was kept; the beginning where nothing was, or nothing that can be read. */
export function readDraft(kept: string | null): WelcomeDraft {
  try {
    const { step, name, folder, typed } = { ...(JSON.parse(kept ?? '{}') as Partial<WelcomeDraft>) };
    const begun = {
      step: stepCalled(step) ?? freshDraft.step,
      name: typeof name === 'string' ? name : '',
      folder: typeof folder === 'string' ? folder : '',
      typed: {},
    };
    return typing(typing(begun, 'name', typed?.name), 'folder', typed?.folder);
  } catch {
    return freshDraft;
  }
}

/** The step of this name, whatever it was read from. */
export function stepCalled(name: unknown): WelcomeStep | undefined {
  return welcomeSteps.find((step) => step === name);
}

/** With what stands in a field; nothing is open where that is what was chosen. */
export function typing(draft: WelcomeDraft, field: keyof Answers, written: unknown): WelcomeDraft {
  const { [field]: _, ...typed } = draft.typed;
  const isOpen = typeof written === 'string' && written !== draft[field];
  return { ...draft, typed: isOpen ? { ...typed, [field]: written } : typed };
}

/** With what a step was continued with; empty where it was skipped. */
export function answering(draft: WelcomeDraft, field: keyof Answers, answer: string): WelcomeDraft {
  return typing({ ...draft, [field]: answer }, field, answer);
}

/** The first step whose field holds what nobody has continued with; the browser's own button leads past it. */
export function openStep({ typed }: WelcomeDraft): WelcomeStep | undefined {
  if (typed.name !== undefined) return 'name';
  return typed.folder === undefined ? undefined : 'backups';
}

export function stepAfter(step: WelcomeStep): WelcomeStep {
  return welcomeSteps[welcomeSteps.indexOf(step) + 1] ?? step;
}

export function stepBefore(step: WelcomeStep): WelcomeStep {
  return welcomeSteps[welcomeSteps.indexOf(step) - 1] ?? step;
}

/**
 * What the end of the first run writes. A name of its own is what tells that the first run is over: where none was chosen,
 * the one that the server has; but never over one that is in its file already and may wait for a restart.
 */
export function settingsOf({ name, folder }: Answers, presentName: string, isNamed: boolean) {
  const chosen = name === '' && !isNamed ? presentName : name;
  return [
    ...(chosen === '' ? [] : [{ name: 'server.name', value: chosen }]),
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
export function needsRestart({ name, folder }: Answers, presentName: string): boolean {
  return folder !== '' || (name !== '' && name !== presentName);
}
