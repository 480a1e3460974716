// The newest good state, with its age and size, and the button that most people need.

import type { RestorePointTold } from '../../../bridge/doors.ts';
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
  readonly onRestore: (point: RestorePointTold) => void;
}

export function NewestState({ newest, onRestore }: NewestStateProps) {
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
  return (
    <Card title={words.newest}>
      <div className={styles.newest}>
        <div>
          <p className={styles.age}>
            {formats.age(newest.madeAt, now)} <PointState state={newest.state} />
          </p>
          <p className={styles.muted}>
            {formats.dateTime(newest.madeAt)} · {words.points.documentsOf(newest.documents)} ·{' '}
            {formats.bytes(newest.bytes)} · {words.points.places[newest.place]}
          </p>
          <p className={styles.muted}>{words.restoreHint}</p>
        </div>
        <Button look="primary" icon="restore" className={styles.restore} onClick={() => onRestore(newest)}>
          {words.restoreNewest}
        </Button>
      </div>
    </Card>
  );
}
