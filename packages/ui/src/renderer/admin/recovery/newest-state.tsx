// The newest good state, with its age and size, and the button that most people need.

import type { JournalTold, RestorePointTold } from '../../../bridge/doors.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { PointState } from './point-state.tsx';
import styles from './recovery-page.module.css';

const words = texts.recovery;

interface NewestStateProps {
  readonly newest: RestorePointTold | null;
  /** Undefined as long as nobody has looked. */
  readonly journal: JournalTold | null | undefined;
  readonly onRestore: (point: RestorePointTold) => void;
}

export function NewestState({ newest, journal, onRestore }: NewestStateProps) {
  const now = useNow(5_000);
  if (newest === null) {
    return (
      <Card title={words.newest}>
        <EmptyState icon="backups" title={words.newestNone}>
          {words.newestNoneNote}
        </EmptyState>
      </Card>
    );
  }
  const hints = hintsOf(newest, journal);
  return (
    <Card title={words.newest} className={styles.recommended}>
      <div className={styles.newest}>
        <div>
          <p className={styles.age}>
            <span className={styles.ageWords}>{formats.age(newest.madeAt, now)}</span>
            <PointState state={newest.state} />
          </p>
          <p className={styles.muted}>
            {formats.dateTime(newest.madeAt)} · {words.points.documentsOf(newest.documents)} ·{' '}
            {formats.bytes(newest.bytes)} · {words.points.places[newest.place]}
          </p>
          {hints.map((hint) => (
            <p key={hint} className={styles.muted}>
              {hint}
            </p>
          ))}
        </div>
        <Button look="primary" icon="restore" className={styles.restore} onClick={() => onRestore(newest)}>
          {words.restoreNewest}
        </Button>
      </div>
    </Card>
  );
}

/** How far one comes with it, and that nobody need fear a backup that was not verified yet. */
function hintsOf(
  { lastCommandAt, state }: RestorePointTold,
  journal: JournalTold | null | undefined,
): readonly string[] {
  const journalAt = journal?.state === 'unreachable' ? null : (journal?.lastAt ?? null);
  return [
    ...(lastCommandAt === null ? [] : [words.newestEntry(formats.dateTime(lastCommandAt))]),
    ...(journalAt === null ? [] : [words.journalHint(formats.dateTime(journalAt))]),
    ...(state === 'unverified' ? [words.ask.unverifiedText] : []),
  ];
}
