// How the server stands, in a word, on every page; read aloud when it changes.

import { useLinks } from '../../shared/bridge-context.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { conditionOf, type ServerCondition, toneOf } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';

const { states } = texts.shell;

const names = {
  lost: states.lost,
  starting: states.starting,
  restarting: states.starting,
  recovery: states.recovery,
  suspect: states.suspect,
  draining: states.draining,
  stopped: states.stopped,
  'safe-mode': states.safeMode,
  locked: states.locked,
  'read-only': states.readOnly,
  degraded: states.degraded,
  running: states.running,
} as const satisfies Record<ServerCondition, string>;

export function ConditionPill() {
  const { status } = useLinks();
  const condition = conditionOf(status);
  return (
    <div role="status">
      <Pill tone={toneOf(condition)} dot>
        <span className="visually-hidden">{texts.shell.stateNow('')}</span>
        {names[condition]}
      </Pill>
    </div>
  );
}
