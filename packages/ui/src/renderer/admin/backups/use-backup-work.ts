// The long work that a person asks for here, a backup or a check of backups: one at a time, with its progress.

import { useCallback, useState } from 'react';
import type { WorkProgress } from '../../../bridge/doors.ts';
import { useAct, useBridgeEvents } from '../../shared/bridge-context.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';

const words = texts.backups;

export interface BackupWork {
  readonly running: 'backup' | 'verify' | undefined;
  /** Of what runs; undefined where nothing does. */
  readonly progress: WorkProgress | undefined;
  /** Into the usual folders, or into one; resolves with whether it was made. Never rejects. */
  readonly backUp: (folder?: string) => Promise<boolean>;
  /** One backup, or all of them. */
  readonly verify: (id?: string) => void;
}

export function useBackupWork(onDone: () => void): BackupWork {
  const [heard, setHeard] = useState<WorkProgress>();
  const making = useAct('control:backup.now', {
    done: ({ point }) => words.made(formats.bytes(point.bytes)),
  });
  const checking = useAct('control:backup.verify', {
    done: ({ points }) => {
      const damaged = points.filter(({ state }) => state === 'damaged').length;
      return words.checked(points.length - damaged, damaged);
    },
  });
  useBridgeEvents((event) => {
    if (event.type === 'work.progress') setHeard(event.progress);
  });
  const running = making.isRunning ? 'backup' : checking.isRunning ? 'verify' : undefined;
  const { run: make } = making;
  const { run: check } = checking;
  const backUp = useCallback(
    async (folder?: string) => {
      setHeard(undefined);
      const result = await make(folder === undefined ? {} : { to: folder });
      onDone();
      return result !== undefined;
    },
    [make, onDone],
  );
  const verify = useCallback(
    (id?: string) => {
      setHeard(undefined);
      void check(id === undefined ? {} : { id }).then(onDone);
    },
    [check, onDone],
  );
  const begun: WorkProgress | undefined =
    running === undefined ? undefined : { work: running, phase: '', done: 0, total: 0 };
  return { running, progress: running === undefined ? undefined : (heard ?? begun), backUp, verify };
}
