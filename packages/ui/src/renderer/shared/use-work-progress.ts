// How far long work is, whoever asked for it and wherever: also for a page that was opened only now.

import { useState } from 'react';
import type { WorkProgress } from '../../bridge/doors.ts';
import { useBridgeEvents, useLinks } from './bridge-context.tsx';

/** All that is under way, the oldest first. */
export function useWorks(): readonly WorkProgress[] {
  const { status } = useLinks();
  const [heard, setHeard] = useState<WorkProgress | null>(null);
  useBridgeEvents((event) => {
    if (event.type === 'work.progress') setHeard(event.progress);
  });
  // The status says what goes on; the events come oftener, and say how far it is.
  return (status?.work ?? []).map((listed) => (heard?.id === listed.id ? heard : listed));
}

/** The first of its kind; null while none is under way. */
export function useWorkProgress(work: WorkProgress['work']): WorkProgress | null {
  return useWorks().find((one) => one.work === work) ?? null;
}
