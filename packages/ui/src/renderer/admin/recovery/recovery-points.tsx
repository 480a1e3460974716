// Every backup that a restore can begin from.

import { useMemo } from 'react';
import type { DoorResult, RestorePointTold } from '../../../bridge/doors.ts';
import type { Door } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { type Column, DataTable } from '../../shared/components/data-table.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { PointState } from './point-state.tsx';
import styles from './recovery-page.module.css';

const words = texts.recovery.points;
/** Ages by the minute. */
const NOW_EVERY_MS = 30_000;

interface RecoveryPointsProps {
  readonly list: Door<DoorResult<'control:backup.list'>>;
  readonly onRestore: (point: RestorePointTold) => void;
}

export function RecoveryPoints({ list, onRestore }: RecoveryPointsProps) {
  const now = useNow(NOW_EVERY_MS);
  const columns = useMemo(() => columnsOf(now, onRestore), [now, onRestore]);
  return (
    <Card title={words.title} note={words.note} flush>
      {list.data === undefined && list.error !== undefined ? (
        <div className={styles.inset}>
          <DoorFailure error={list.error} onRetry={list.reload} />
        </div>
      ) : (
        <DataTable
          label={words.title}
          columns={columns}
          rows={list.data?.points}
          rowKey={(point) => `${point.place} ${point.id} ${point.path}`}
          height="medium"
          stacks
          empty={
            <EmptyState icon="backups" title={words.empty}>
              {words.emptyNote}
            </EmptyState>
          }
        />
      )}
    </Card>
  );
}

function columnsOf(
  now: number,
  onRestore: RecoveryPointsProps['onRestore'],
): readonly Column<RestorePointTold>[] {
  return [
    {
      id: 'made',
      header: words.made,
      cell: (point) => (
        <>
          <span className={styles.made}>{formats.dateTime(point.madeAt)}</span>
          <span className={styles.muted}>{words.kinds[point.kind]}</span>
        </>
      ),
      sortBy: (point) => point.madeAt,
      wide: true,
    },
    { id: 'age', header: words.age, cell: (point) => formats.age(point.madeAt, now) },
    {
      id: 'state',
      header: words.state,
      cell: (point) => (
        <>
          <PointState state={point.state} />
          {point.problem !== null && <span className={styles.problem}>{point.problem}</span>}
        </>
      ),
      sortBy: (point) => point.state,
    },
    {
      id: 'documents',
      header: words.documents,
      align: 'end',
      cell: (point) => formats.number(point.documents),
      sortBy: (point) => point.documents,
    },
    {
      id: 'size',
      header: words.size,
      align: 'end',
      cell: (point) => formats.bytes(point.bytes),
      sortBy: (point) => point.bytes,
    },
    { id: 'place', header: words.place, cell: (point) => words.places[point.place] },
    {
      id: 'action',
      header: words.action,
      align: 'end',
      cell: (point) => (
        <Button
          compact
          disabled={point.state === 'damaged'}
          aria-label={words.restoreThis(formats.dateTime(point.madeAt))}
          onClick={() => onRestore(point)}
        >
          {words.restore}
        </Button>
      ),
    },
  ];
}
