// What the admin is about to choose, and what it asks the server for: the rule alone.

import type { DoorName } from '../../../bridge/bridge.ts';
import type { DoorParams, RestorePointTold } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';

export type RecoveryChoice =
  | { readonly action: 'newest'; readonly point: RestorePointTold | null }
  | { readonly action: 'point'; readonly point: RestorePointTold }
  | { readonly action: 'until'; readonly until: number }
  | { readonly action: 'salvage' }
  | { readonly action: 'fresh' };

type RecoveryDoor = Extract<DoorName, `control:recovery.${string}`>;

/** The request of a choice. */
export type RecoveryRequest = {
  [Name in RecoveryDoor]: { readonly door: Name; readonly params: DoorParams<Name> };
}[RecoveryDoor];

export function requestOf(choice: RecoveryChoice): RecoveryRequest {
  switch (choice.action) {
    case 'newest':
      return { door: 'control:recovery.restore', params: {} };
    case 'point':
      return { door: 'control:recovery.restore', params: { id: choice.point.id } };
    case 'until':
      return { door: 'control:recovery.restore', params: { until: choice.until } };
    case 'salvage':
      return { door: 'control:recovery.salvage', params: {} };
    case 'fresh':
      return { door: 'control:recovery.fresh', params: {} };
  }
}

export interface ChoiceWords {
  readonly title: string;
  /** What it means, a paragraph each. */
  readonly paragraphs: readonly string[];
  readonly confirm: string;
  /** What cannot be had back by another choice here. */
  readonly isDanger: boolean;
}

const words = texts.recovery.ask;

export function choiceWordsOf(choice: RecoveryChoice, formats: Formats): ChoiceWords {
  switch (choice.action) {
    case 'newest':
      return {
        title: words.newestTitle(choice.point === null ? '' : formats.dateTime(choice.point.madeAt)),
        paragraphs: [words.newestText],
        confirm: words.restore,
        isDanger: false,
      };
    case 'point':
      return {
        title: words.pointTitle(formats.dateTime(choice.point.madeAt)),
        paragraphs: [
          words.pointText(choice.point.documents),
          ...(choice.point.state === 'unverified' ? [words.unverifiedText] : []),
        ],
        confirm: words.restore,
        isDanger: false,
      };
    case 'until':
      return {
        title: words.untilTitle(formats.dateTime(choice.until)),
        paragraphs: [words.untilText],
        confirm: words.restore,
        isDanger: false,
      };
    case 'salvage':
      return {
        title: words.salvageTitle,
        paragraphs: [words.salvageText],
        confirm: words.salvage,
        isDanger: false,
      };
    case 'fresh':
      return { title: words.freshTitle, paragraphs: [words.freshText], confirm: words.fresh, isDanger: true };
  }
}
