// Pure rule: from the server's status to what the tray shows: a colour, and a sentence under the mouse.

import type { ServerStatus } from '@masala/protocol/control';
import { type ConditionTone, conditionOf, toneOf } from '@masala/protocol/tables';
import { texts } from '../texts.ts';
import type { TrayColour } from './icon-drawing.ts';

export interface TrayLook {
  readonly colour: TrayColour;
  readonly tooltip: string;
}

/** Windows cuts a tooltip after 127 characters. */
const TOOLTIP_MAX = 127;

const colours: Readonly<Record<ConditionTone, TrayColour>> = { good: 'green', warn: 'amber', bad: 'red' };

/**
 * green: all is well · amber: people can work, or will in a moment, but somebody should look · red: nobody can save until
 * somebody acts.
 */
export function trayLook(status: ServerStatus): TrayLook {
  const { colour, words } = judge(status);
  const tooltip = texts.tray.tooltip(status.name, words);
  const isLong = tooltip.length > TOOLTIP_MAX;
  return { colour, tooltip: isLong ? `${tooltip.slice(0, TOOLTIP_MAX - 1)}…` : tooltip };
}

interface Judgement {
  readonly colour: TrayColour;
  readonly words: string;
}

function judge(status: ServerStatus): Judgement {
  const { notices, recovery, clients } = status;
  const condition = conditionOf(status);
  // Nobody has to act while it is mended.
  if (condition === 'recovery' && recovery?.working) return { colour: 'amber', words: texts.tray.recovering };
  if (condition === 'running' || condition === 'degraded' || condition === 'read-only') {
    // It says why. The most serious first: there is room for one.
    const notice =
      notices.find(({ level }) => level === 'error') ?? notices.find(({ level }) => level === 'warn');
    if (notice !== undefined) return { colour: 'amber', words: notice.message };
  }
  const words = condition === 'running' ? texts.tray.running(clients) : texts.tray.conditions[condition];
  return { colour: colours[toneOf(condition)], words };
}
