// The long work of this page: a backup or a check of backups, asked for here, and whatever of the kind is under way at the server.

import { useCallback } from 'react';
import type { WorkProgress } from '../../../bridge/doors.ts';
import { useAct } from '../../shared/bridge-context.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useWorks } from '../../shared/use-work-progress.ts';

const words = texts.backups;

export interface BackupWork {
  /** Under way, whoever asked for it. */
  readonly works: readonly WorkProgress[];
  readonly isBackingUp: boolean;
  readonly isVerifying: boolean;
  /** Into the usual folders, or into one; resolves with whether it was made. Never rejects. */
  readonly backUp: (folder?: string) => Promise<boolean>;
  /** One backup, or all of them. */
  readonly verify: (id?: string) => void;
}

export function useBackupWork(onDone: () => void): BackupWork {
  const works = useWorks();
  const making = useAct('control:backup.now', {
    done: ({ point }) => words.made(formats.bytes(point.bytes)),
  });
  const checking = useAct('control:backup.verify', {
    done: ({ points }) => {
      const damaged = points.filter(({ state }) => state === 'damaged').length;
      return words.checked(points.length - damaged, damaged);
    },
  });
  const { run: make } = making;
  const { run: check } = checking;
  const backUp = useCallback(
    async (folder?: string) => {
      const result = await make(folder === undefined ? {} : { to: folder });
      onDone();
      return result !== undefined;
    },
    [make, onDone],
  );
  const verify = useCallback(
    (id?: string) => void check(id === undefined ? {} : { id }).then(onDone),
    [check, onDone],
  );
  const isUnderWay = (work: WorkProgress['work']) => works.some((one) => one.work === work);
  return {
    works,
    isBackingUp: making.isRunning || isUnderWay('backup'),
    isVerifying: checking.isRunning || isUnderWay('verify'),
    backUp,
    verify,
  };
}
