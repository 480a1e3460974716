// The inside of a card in whichever state it is: the cards themselves only say what they show when there is something.

import type { ReactNode } from 'react';
import { useLinks } from '../../shared/bridge-context.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { formats } from '../../shared/formats.ts';
import { conditionOf } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';
import styles from './card-content.module.css';
import { type Absence, absenceOf, type CardState } from './card-state.ts';

const { away, behind: words } = texts.dashboard;

/** Why the core cannot be asked at present; null while it answers. */
export function useAbsence(): Absence | null {
  const { status } = useLinks();
  return absenceOf(conditionOf(status));
}

interface CardContentProps<Data> {
  readonly state: CardState<Data>;
  readonly onRetry: () => void;
  /** How high it will be, about. */
  readonly lines?: number;
  /** The content reaches the edges of the card. */
  readonly flush?: boolean;
  readonly children: (data: Data) => ReactNode;
}

export function CardContent<Data>({ state, onRetry, lines = 4, flush, children }: CardContentProps<Data>) {
  const inset = flush ? styles.inset : undefined;
  switch (state.kind) {
    case 'away':
      return (
        <EmptyState icon="pulse" title={away[state.absence].title}>
          {away[state.absence].note}
        </EmptyState>
      );
    case 'loading':
      return (
        <div className={inset} aria-busy="true">
          <span className="visually-hidden">{texts.everywhere.loading}</span>
          <SkeletonLines lines={lines} />
        </div>
      );
    case 'failed':
      return (
        <div className={inset}>
          <DoorFailure error={state.error} onRetry={onRetry} />
        </div>
      );
    case 'ready':
      return (
        <>
          {state.behind !== null && (
            <div className={inset}>
              <Behind {...state.behind} onRetry={onRetry} />
            </div>
          )}
          {children(state.data)}
        </>
      );
  }
}

type BehindProps = NonNullable<Extract<CardState<unknown>, { kind: 'ready' }>['behind']> & {
  readonly onRetry: () => void;
};

/** Of when the content is, and why not of now. */
function Behind({ reason, answeredAt, onRetry }: BehindProps) {
  if (typeof reason !== 'string')
    return <DoorFailure error={reason} onRetry={onRetry} answeredAt={answeredAt} />;
  return (
    <p className={styles.behind}>
      {words.asOf(formats.timeExact(answeredAt))} {away[reason].note}
    </p>
  );
}
