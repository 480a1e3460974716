// What the admin is about to choose, and what it asks the server for: the rule alone.

import type { DoorName } from '../../../bridge/bridge.ts';
import type { DoorParams, RestorePointTold } from '../../../bridge/doors.ts';
import type { Formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';

export type RecoveryChoice =
  /** A backup, and what the journal has beyond it: the newest, or one that was picked. */
  | { readonly action: 'newest' | 'point'; readonly point: RestorePointTold }
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
    case 'point': {
      const { id, lastSequence } = choice.point;
      return { door: 'control:recovery.restore', params: { id, shown: { point: { id, lastSequence } } } };
    }
    case 'until':
      // No database was there to be undone: where another admin has brought one back meanwhile, this is refused.
      return { door: 'control:recovery.restore', params: { until: choice.until, shown: {} } };
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
        title: words.newestTitle(formats.dateTime(choice.point.madeAt)),
        paragraphs: [words.newestText(choice.point.documents)],
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
