// The page /backups: what there is to go back to, a new backup, the proof of an old one, and the way back.

import { useCallback, useMemo, useState } from 'react';
import type { RestorePointTold } from '../../../bridge/doors.ts';
import { useDoor } from '../../shared/bridge-context.tsx';
import { Age } from '../../shared/components/age.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { type Column, DataTable } from '../../shared/components/data-table.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { Progress } from '../../shared/components/progress.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { BackupSummaryCards } from './backup-summary.tsx';
import styles from './backups-page.module.css';
import { FolderDialog } from './folder-dialog.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { type BackupWork, useBackupWork } from './use-backup-work.ts';

const words = texts.backups;

/** A list of two folders on disk: now and then, since backups come minutes apart. */
const LOOK_EVERY_MS = 10_000;

export function BackupsPage() {
  const { data, error, answeredAt, reload } = useDoor('control:backup.list', {}, { everyMs: LOOK_EVERY_MS });
  const work = useBackupWork(reload);
  const [isFolderOpen, setFolderOpen] = useState(false);
  const [chosen, setChosen] = useState<RestorePointTold>();
  const [isRestoring, setRestoring] = useState(false);
  const restore = useCallback((point: RestorePointTold) => {
    setChosen(point);
    setRestoring(true);
  }, []);
  return (
    <>
      <PageHeader
        title={words.title}
        note={words.lead}
        actions={<Actions work={work} onFolder={() => setFolderOpen(true)} />}
      />
      <Works works={work.works} />
      {error !== undefined && <DoorFailure error={error} onRetry={reload} answeredAt={answeredAt} />}
      {data?.unreachable.map((folder) => (
        <Banner key={folder} tone="warn" title={words.unreachable(folder)}>
          {words.unreachableHint}
        </Banner>
      ))}
      {data !== undefined && <BackupSummaryCards list={data} />}
      {(data !== undefined || error === undefined) && (
        <PointTable points={data?.points} work={work} onRestore={restore} />
      )}
      <FolderDialog open={isFolderOpen} onOpenChange={setFolderOpen} work={work} />
      {chosen !== undefined && (
        <RestoreDialog key={chosen.id} point={chosen} open={isRestoring} onOpenChange={setRestoring} />
      )}
    </>
  );
}

function Works({ works }: Pick<BackupWork, 'works'>) {
  if (works.length === 0) return null;
  return (
    <Card aria-label={words.underWay}>
      <div className={styles.works}>
        {works.map(({ id, work, phase, done, total }) => (
          <Progress
            key={id}
            label={words.working[work]}
            done={done}
            total={total}
            note={phase === '' ? words.waiting : words.phases[phase]}
          />
        ))}
      </div>
    </Card>
  );
}

function Actions({ work, onFolder }: { readonly work: BackupWork; readonly onFolder: () => void }) {
  return (
    <>
      <Button icon="check" isBusy={work.isVerifying} onClick={() => work.verify()}>
        {words.verifyAll}
      </Button>
      <Button icon="drive" onClick={onFolder}>
        {words.toFolder}
      </Button>
      <Button look="primary" icon="backups" isBusy={work.isBackingUp} onClick={() => void work.backUp()}>
        {words.now}
      </Button>
    </>
  );
}

interface PointTableProps {
  readonly points: readonly RestorePointTold[] | undefined;
  readonly work: BackupWork;
  readonly onRestore: (point: RestorePointTold) => void;
}

function PointTable({ points, work, onRestore }: PointTableProps) {
  const { verify } = work;
  const columns = useMemo(() => pointColumns(verify, onRestore), [verify, onRestore]);
  return (
    <Card flush title={words.listTitle}>
      <DataTable
        label={words.list}
        columns={columns}
        rows={points}
        // The same backup may lie in two places.
        rowKey={(row) => row.path}
        sortedBy={{ id: 'made', desc: true }}
        stacks
        empty={
          <EmptyState
            icon="backups"
            title={words.none}
            action={
              <Button look="primary" isBusy={work.isBackingUp} onClick={() => void work.backUp()}>
                {words.now}
              </Button>
            }
          >
            {words.noneHint}
          </EmptyState>
        }
      />
    </Card>
  );
}

const tones = { verified: 'good', unverified: 'neutral', damaged: 'bad' } as const;

function pointColumns(
  onVerify: (id: string) => void,
  onRestore: (point: RestorePointTold) => void,
): readonly Column<RestorePointTold>[] {
  return [
    {
      id: 'made',
      header: words.columns.made,
      wide: true,
      sortBy: (row) => row.madeAt,
      cell: (row) => (
        <span className={styles.made}>
          <strong>{formats.dateTime(row.madeAt)}</strong>
          <span className={styles.age}>
            <Age at={row.madeAt} />
          </span>
        </span>
      ),
    },
    {
      id: 'kind',
      header: words.columns.kind,
      cell: (row) => words.kinds[row.kind],
      sortBy: (row) => row.kind,
    },
    {
      id: 'place',
      header: words.columns.place,
      cell: (row) => <span title={row.path}>{words.places[row.place]}</span>,
      sortBy: (row) => row.place,
    },
    {
      id: 'size',
      header: words.columns.size,
      cell: (row) => formats.bytes(row.bytes),
      sortBy: (row) => row.bytes,
      align: 'end',
    },
    {
      id: 'documents',
      header: words.columns.documents,
      cell: (row) => formats.number(row.documents),
      sortBy: (row) => row.documents,
      align: 'end',
    },
    {
      id: 'state',
      header: words.columns.state,
      sortBy: (row) => row.state,
      cell: (row) => (
        <span className={styles.state}>
          <Pill dot tone={tones[row.state]}>
            {words.states[row.state]}
          </Pill>
          {row.problem !== null && <span className={styles.problem}>{row.problem}</span>}
        </span>
      ),
    },
    {
      id: 'actions',
      header: words.columns.actions,
      align: 'end',
      cell: (row) => {
        const moment = formats.dateTime(row.madeAt);
        return (
          <span className={styles.actions}>
            <Button compact look="quiet" aria-label={words.verifyOf(moment)} onClick={() => onVerify(row.id)}>
              {words.verify}
            </Button>
            <Button
              compact
              look="quiet"
              aria-label={words.restoreOf(moment)}
              disabled={row.state === 'damaged'}
              onClick={() => onRestore(row)}
            >
              {words.restore}
            </Button>
          </span>
        );
      },
    },
  ];
}
