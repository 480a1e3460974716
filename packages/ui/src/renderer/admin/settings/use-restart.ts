// An ordered restart, asked for by a person: at once where nobody is connected, after a question where somebody is.

import { useState } from 'react';
import { useAct } from '../../shared/bridge-context.tsx';
import { texts } from '../../shared/texts.ts';

export interface Restart {
  /** Resolves when the server is there again, when it failed (the person was told), or when the question is open. */
  readonly begin: () => Promise<'done' | 'failed' | 'asked'>;
  /** How many clients it would disconnect; undefined while nothing is asked. */
  readonly question: number | undefined;
  readonly confirm: () => Promise<void>;
  readonly cancel: () => void;
  readonly isRunning: boolean;
}

export function useRestart(): Restart {
  const clients = useAct('control:clients.list', { quiet: true });
  const restart = useAct('control:restart', { done: texts.settings.restarted });
  const [question, setQuestion] = useState<number>();
  const begin = async () => {
    // A core that does not answer has nobody who could be disturbed.
    const connected = (await clients.run({}))?.clients.length ?? 0;
    if (connected > 0) {
      setQuestion(connected);
      return 'asked';
    }
    return (await restart.run({})) === undefined ? 'failed' : 'done';
  };
  const confirm = async () => {
    await restart.run({});
    setQuestion(undefined);
  };
  return {
    begin,
    question,
    confirm,
    cancel: () => setQuestion(undefined),
    isRunning: clients.isRunning || restart.isRunning,
  };
}
