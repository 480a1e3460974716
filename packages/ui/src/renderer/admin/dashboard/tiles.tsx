// The figures below the state line: clients, saves, time to save, backups, disks.

import { Link } from 'wouter';
import type { MetricsPoint } from '../../../bridge/doors.ts';
import { useAct, useDoor, useLastStatus, useLinks } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Meter, Progress } from '../../shared/components/progress.tsx';
import { Skeleton } from '../../shared/components/skeleton.tsx';
import { Stat } from '../../shared/components/stat.tsx';
import { formats } from '../../shared/formats.ts';
import { conditionOf, isServing } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { useWorkProgress } from '../../shared/use-work-progress.ts';
import { speedOf } from './speed.ts';
import { backupTileOf, type DriveTold, driveWordsOf } from './tile-words.ts';
import styles from './tiles.module.css';

const words = texts.dashboard.tiles;
/** Clients and backups change by the minute, and the status tells at once what matters. */
const LIST_EVERY_MS = 5_000;
/** The free space creeps. */
const DISKS_EVERY_MS = 15_000;

interface TilesProps {
  readonly points: readonly MetricsPoint[];
  readonly isMeasured: boolean;
}

export function Tiles({ points, isMeasured }: TilesProps) {
  const now = useNow(2_000);
  return (
    <section className={styles.tiles} aria-label={words.label}>
      <ClientsTile />
      <SpeedTiles points={points} isMeasured={isMeasured} now={now} />
      <BackupTile now={now} />
      <DisksTile />
    </section>
  );
}

function ClientsTile() {
  const { status } = useLastStatus();
  const { data } = useDoor('control:devices.list', {}, { everyMs: LIST_EVERY_MS });
  const paired = data?.devices.filter((device) => device.revokedAt === null).length;
  return (
    <Stat
      label={words.clients}
      icon="devices"
      value={status === null ? undefined : formats.number(status.clients)}
      note={paired === undefined ? undefined : words.clientsNote(paired)}
    />
  );
}

interface SpeedTilesProps extends TilesProps {
  readonly now: number;
}

function SpeedTiles({ points, isMeasured, now }: SpeedTilesProps) {
  const { data } = useDoor('control:clients.list', {}, { everyMs: LIST_EVERY_MS });
  const speed = speedOf(points, now);
  const lastSaveAt = Math.max(0, ...(data?.clients ?? []).map((client) => client.lastSaveAt ?? 0));
  const isKnown = isMeasured && speed.p50Us !== null && speed.p99Us !== null;
  return (
    <>
      <Stat
        label={words.saves}
        icon="pulse"
        value={isMeasured ? formats.number(speed.savesPerMinute) : undefined}
        note={lastSaveAt === 0 ? words.savesNone : words.savesNote(formats.age(lastSaveAt, now))}
      />
      <Stat
        label={words.latency}
        icon="clock"
        value={isMeasured ? (isKnown ? formats.latency(speed.p50Us ?? 0) : words.notMeasured) : undefined}
        note={isKnown ? words.latencyNote(formats.latency(speed.p99Us ?? 0)) : words.latencyNone}
      />
    </>
  );
}

function BackupTile({ now }: { readonly now: number }) {
  const { status } = useLinks();
  const list = useDoor('control:backup.list', {}, { everyMs: LIST_EVERY_MS });
  const backup = useAct('control:backup.now', {
    done: ({ point }) =>
      (point.state === 'verified' ? words.backupDone : words.backupDoneUnverified)(
        formats.bytes(point.bytes),
      ),
  });
  const progress = useWorkProgress('backup', backup.isRunning);
  const tile = list.data === undefined ? undefined : backupTileOf(list.data, now, formats);
  return (
    <Stat
      label={words.backup}
      icon="backups"
      value={tile?.value}
      note={tile?.note}
      tone={tile?.tone ?? 'neutral'}
    >
      <div className={styles.foot}>
        {backup.isRunning ? (
          <Progress label={words.backupWorking} done={progress?.done ?? 0} total={progress?.total ?? 0} />
        ) : (
          <Button
            compact
            icon="backups"
            disabled={!isServing(conditionOf(status))}
            onClick={async () => {
              await backup.run({});
              list.reload();
            }}
          >
            {words.backupNow}
          </Button>
        )}
      </div>
    </Stat>
  );
}

function DisksTile() {
  const { data } = useDoor('control:disks.read', {}, { everyMs: DISKS_EVERY_MS });
  const free = data?.data.freeBytes;
  return (
    <Stat
      label={words.disk}
      icon="drive"
      value={data === undefined ? undefined : free == null ? words.notMeasured : formats.bytes(free)}
    >
      {data === undefined ? (
        <Skeleton />
      ) : (
        <div className={styles.drives}>
          <Drive name={words.dataDrive} drive={data.data} thresholds={data} />
          {data.second === null ? (
            <p className={styles.driveNone}>
              {words.secondNone}. <Link href="/settings">{words.secondSet}</Link>
            </p>
          ) : (
            <Drive name={words.secondDrive} drive={data.second} thresholds={data} />
          )}
        </div>
      )}
    </Stat>
  );
}

interface DriveProps {
  readonly name: string;
  readonly drive: DriveTold;
  readonly thresholds: { readonly lowBytes: number; readonly criticalBytes: number };
}

function Drive({ name, drive, thresholds }: DriveProps) {
  const told = driveWordsOf(drive, thresholds, formats);
  return (
    <div className={styles.drive} data-tone={told.tone}>
      <p className={styles.driveWords}>
        <span className={styles.driveName}>{name}</span>
        <span className={styles.driveShare}>{told.words}</span>
      </p>
      {told.usedShare !== null && (
        <Meter label={name} share={told.usedShare} tone={told.tone} words={told.words} />
      )}
    </div>
  );
}
