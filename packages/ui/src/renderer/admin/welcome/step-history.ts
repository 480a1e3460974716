// The steps of the first run as entries of the browser's history: its own buttons lead a step back and forth.

import { useEffect, useEffectEvent } from 'react';
import { stepBefore, stepCalled, type WelcomeStep } from './welcome-steps.ts';

/** What an entry of the history carries. */
interface StepEntry {
  readonly welcomeStep: WelcomeStep;
  /** Whether the entry behind it is that of the step before. */
  readonly isInOrder: boolean;
}

export interface StepHistory {
  /** On to the step that follows, or to another one. */
  readonly goTo: (step: WelcomeStep) => void;
  readonly goBack: () => void;
}

/** The step of the entry that the browser stands at, where it is one of ours. */
export function stepInHistory(): WelcomeStep | undefined {
  return entryOf(window.history.state)?.welcomeStep;
}

/** `onStep` hears of every way to another step, the browser's own included. */
export function useStepHistory(step: WelcomeStep, onStep: (step: WelcomeStep) => void): StepHistory {
  const hear = useEffectEvent(onStep);
  const claim = useEffectEvent(() => {
    if (stepInHistory() === undefined) replaceBy(step);
  });
  useEffect(() => {
    claim();
    const follow = (event: PopStateEvent) => {
      const entry = entryOf(event.state);
      if (entry !== undefined) hear(entry.welcomeStep);
    };
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  return {
    goTo: (next) => {
      const entry: StepEntry = { welcomeStep: next, isInOrder: stepBefore(next) === step };
      window.history.pushState(entry, '');
      onStep(next);
    },
    goBack: () => {
      if (entryOf(window.history.state)?.isInOrder) return window.history.back();
      // Where it was taken up again: behind it is what was there before the first run.
      replaceBy(stepBefore(step));
      onStep(stepBefore(step));
    },
  };
}

function replaceBy(welcomeStep: WelcomeStep): void {
  const entry: StepEntry = { welcomeStep, isInOrder: false };
  window.history.replaceState(entry, '');
}

function entryOf(state: unknown): StepEntry | undefined {
  const { welcomeStep, isInOrder } = { ...(state as Partial<StepEntry> | null) };
  const step = stepCalled(welcomeStep);
  return step && { welcomeStep: step, isInOrder: isInOrder === true };
}
