// The figures below the state line: clients, saves and how long they take, backups, disks.

import { Link } from 'wouter';
import { type Door, useAct, useDoor, useLinks } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Meter, Progress } from '../../shared/components/progress.tsx';
import { Stat } from '../../shared/components/stat.tsx';
import { formats } from '../../shared/formats.ts';
import { conditionOf, isServing } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { useWorkProgress } from '../../shared/use-work-progress.ts';
import { pairedDevicesOf } from '../devices/paired-devices.ts';
import { useAbsence } from './card-content.tsx';
import { cardStateOf } from './card-state.ts';
import { type Speed, speedOf } from './speed.ts';
import {
  backupTileOf,
  type DisksTold,
  type DriveTold,
  driveWordsOf,
  freeTileOf,
  namesOf,
  type TileWords,
  tileOf,
} from './tile-words.ts';
import styles from './tiles.module.css';
import type { ClientTold } from './use-clients.ts';
import type { SpeedView } from './use-speed.ts';

const words = texts.dashboard.tiles;
/** Clients and backups change by the minute, and the status tells at once what matters. */
const LIST_EVERY_MS = 5_000;
/** The free space creeps. */
const DISKS_EVERY_MS = 15_000;

interface TilesProps {
  readonly speed: Door<SpeedView>;
  /** Nobody while it is not known. */
  readonly clients: readonly ClientTold[];
}

export function Tiles({ speed, clients }: TilesProps) {
  const now = useNow(2_000);
  return (
    <section className={styles.tiles} aria-label={words.label}>
      <ClientsTile clients={clients} />
      <SavesTile speed={speed} clients={clients} now={now} />
      <BackupTile now={now} />
      <DisksTile />
    </section>
  );
}

/** What a Stat needs of a tile's words; a skeleton while there are none. */
function statOf(tile: TileWords | null) {
  return { value: tile?.value, note: tile?.note || undefined, tone: tile?.tone ?? 'neutral' };
}

function ClientsTile({ clients }: { readonly clients: readonly ClientTold[] }) {
  const { status, ownDeviceId } = useLinks();
  const absence = useAbsence();
  const devices = useDoor('control:devices.list', {}, { everyMs: LIST_EVERY_MS });
  const paired = devices.data && pairedDevicesOf(devices.data.devices, ownDeviceId).active.length;
  // The status itself tells the figure; only what is below it waits for an answer.
  const told = { ...devices, data: status ?? undefined, error: undefined };
  const state = cardStateOf(told, absence, false);
  const tile = tileOf(state, ({ clients: count }) => ({
    value: formats.number(count),
    note: paired === undefined ? '' : words.clientsNote(paired),
    tone: 'neutral',
  }));
  return (
    <Stat label={words.clients} icon="devices" {...statOf(tile)}>
      {state.kind === 'ready' && clients.length > 0 && (
        <p className={styles.names}>{namesOf(clients, formats)}</p>
      )}
    </Stat>
  );
}

interface SavesTileProps extends TilesProps {
  readonly now: number;
}

function SavesTile({ speed, clients, now }: SavesTileProps) {
  const state = cardStateOf(speed, useAbsence(), false);
  const tile = tileOf(state, ({ points }) => ({
    value: formats.number(speedOf(points, now).savesPerMinute),
    note: lastSaveWords(clients, now),
    tone: 'neutral',
  }));
  return (
    <Stat label={words.saves} icon="pulse" {...statOf(tile)}>
      {state.kind === 'ready' && <Latencies {...speedOf(state.data.points, now)} />}
    </Stat>
  );
}

function lastSaveWords(clients: readonly ClientTold[], now: number): string {
  if (clients.length === 0) return words.savesNobody;
  const lastSaveAt = Math.max(0, ...clients.map((client) => client.lastSaveAt ?? 0));
  return lastSaveAt === 0 ? words.savesNone : words.savesNote(formats.age(lastSaveAt, now));
}

function Latencies({ p50Us, p99Us }: Pick<Speed, 'p50Us' | 'p99Us'>) {
  const rows = [
    { name: words.p50, us: p50Us },
    { name: words.p99, us: p99Us },
  ];
  return (
    <dl className={styles.rows}>
      {rows.map(({ name, us }) => (
        <div key={name} className={styles.row}>
          <dt>{name}</dt>
          <dd className={styles.rowValue}>{us === null ? words.notMeasured : formats.latency(us)}</dd>
        </div>
      ))}
    </dl>
  );
}

function BackupTile({ now }: { readonly now: number }) {
  const { status } = useLinks();
  const absence = useAbsence();
  const list = useDoor('control:backup.list', {}, { everyMs: LIST_EVERY_MS });
  const backup = useAct('control:backup.now', {
    done: ({ point }) =>
      (point.state === 'verified' ? words.backupDone : words.backupDoneUnverified)(
        formats.bytes(point.bytes),
      ),
  });
  const progress = useWorkProgress('backup');
  // A backup stays one while nobody serves; only when the next one comes is not known then.
  const tile = tileOf(cardStateOf(list, absence, true), ({ nextAt, ...told }) =>
    backupTileOf(absence === null && nextAt !== undefined ? { ...told, nextAt } : told, now, formats),
  );
  return (
    <Stat label={words.backup} icon="backups" {...statOf(tile)}>
      <div className={styles.foot}>
        {backup.isRunning || progress !== null ? (
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
  const disks = useDoor('control:disks.read', {}, { everyMs: DISKS_EVERY_MS });
  const state = cardStateOf(disks, useAbsence(), false);
  const tile = tileOf(state, (data) => freeTileOf(data, formats));
  return (
    <Stat label={words.disk} icon="drive" {...statOf(tile)}>
      {state.kind === 'ready' && <Drives disks={state.data} />}
    </Stat>
  );
}

function Drives({ disks }: { readonly disks: DisksTold }) {
  return (
    <div className={styles.rows}>
      <Drive name={words.dataDrive} drive={disks.data} thresholds={disks} />
      {disks.second === null ? (
        <p className={styles.driveNone}>
          {words.secondNone}{' '}
          <Link href="/settings" className={styles.driveLink}>
            {words.secondSet}
          </Link>
        </p>
      ) : (
        <Drive name={words.secondDrive} drive={disks.second} thresholds={disks} />
      )}
    </div>
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
      <p className={styles.row}>
        <span className={styles.rowName}>{name}</span>
        <span className={styles.rowValue}>{told.words}</span>
      </p>
      {told.usedShare !== null && (
        <Meter label={name} share={told.usedShare} tone={told.tone} words={told.words} />
      )}
    </div>
  );
}
