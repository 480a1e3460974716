// How far long work is, whoever asked for it and wherever; null while none of its kind is under way.

import { useState } from 'react';
import type { WorkProgress } from '../../bridge/doors.ts';
import { useBridgeEvents, useLinks } from './bridge-context.tsx';

export function useWorkProgress(work: WorkProgress['work']): WorkProgress | null {
  const { status } = useLinks();
  const [heard, setHeard] = useState<WorkProgress | null>(null);
  useBridgeEvents((event) => {
    if (event.type === 'work.progress' && event.progress.work === work) setHeard(event.progress);
  });
  // The status says whether it goes on; the events come oftener, and say how far it is.
  const listed = status?.work.find((one) => one.work === work);
  if (listed === undefined) return null;
  return heard?.id === listed.id ? heard : listed;
}
