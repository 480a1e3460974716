// Pure rule: from the server's status to what the tray shows: a colour, and a sentence under the mouse.

import type { ServerStatus } from '@masala/protocol/control';
import type { TrayColour } from './icon-drawing.ts';

export interface TrayLook {
  readonly colour: TrayColour;
  readonly tooltip: string;
}

/** Windows cuts a tooltip after 127 characters. */
const TOOLTIP_MAX = 127;

/**
 * green: all is well · amber: people can work, or will in a moment, but somebody should look · red: nobody can save until
 * somebody acts.
 */
export function trayLook(status: ServerStatus): TrayLook {
  const { colour, words } = judge(status);
  const tooltip = `${status.name}: ${words}`;
  const isLong = tooltip.length > TOOLTIP_MAX;
  return { colour, tooltip: isLong ? `${tooltip.slice(0, TOOLTIP_MAX - 1)}…` : tooltip };
}

interface Judgement {
  readonly colour: TrayColour;
  readonly words: string;
}

function judge(status: ServerStatus): Judgement {
  const { state, flags, core } = status;
  switch (state) {
    case 'recovery':
      return status.recovery?.working
        ? { colour: 'amber', words: 'the database is being recovered' }
        : { colour: 'red', words: 'the database needs your decision' };
    case 'stopped':
      return { colour: 'red', words: 'stopped' };
    case 'draining':
      return { colour: 'amber', words: 'stopping' };
    case 'starting':
      return { colour: 'amber', words: core.lastDeath === null ? 'starting' : 'being started again' };
    case 'running':
      if (flags.includes('locked')) return { colour: 'red', words: 'locked: the licence has ended' };
      if (core.safeMode) return { colour: 'red', words: 'safe mode: nothing can be saved' };
      return judgeRunning(status);
  }
}

function judgeRunning({ flags, core, notices, clients }: ServerStatus): Judgement {
  if (core.suspectSince !== null) return { colour: 'amber', words: 'it does not answer' };
  // The most serious first: there is room for one.
  const notice =
    notices.find(({ level }) => level === 'error') ?? notices.find(({ level }) => level === 'warn');
  if (notice !== undefined) return { colour: 'amber', words: notice.message };
  if (flags.includes('read-only')) return { colour: 'amber', words: 'read-only' };
  if (flags.includes('degraded')) return { colour: 'amber', words: 'running, with a fault: see the log' };
  return { colour: 'green', words: clients === 1 ? 'running, 1 client' : `running, ${clients} clients` };
}
