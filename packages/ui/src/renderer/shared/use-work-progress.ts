// How far long work is that this page asked for; null while none is under way.

import { useState } from 'react';
import type { WorkProgress } from '../../bridge/doors.ts';
import { useBridgeEvents } from './bridge-context.tsx';

/** @param isRunning as the act that began the work says: what it told before counts no more once it has ended */
export function useWorkProgress(work: WorkProgress['work'], isRunning: boolean): WorkProgress | null {
  const [progress, setProgress] = useState<WorkProgress | null>(null);
  useBridgeEvents((event) => {
    if (event.type === 'work.progress' && event.progress.work === work) setProgress(event.progress);
  });
  if (!isRunning && progress !== null) setProgress(null);
  return isRunning ? progress : null;
}
