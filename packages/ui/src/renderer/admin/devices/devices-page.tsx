// The page /devices: who is connected, who may connect, a new device, and the end of an old one.

import { useCallback, useMemo, useState } from 'react';
import type { ClientTold, DeviceInfo } from '../../../bridge/doors.ts';
import { useAct, useDoor, useLinks } from '../../shared/bridge-context.tsx';
import { Age } from '../../shared/components/age.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { type Column, DataTable } from '../../shared/components/data-table.tsx';
import { ConfirmDialog, Dialog } from '../../shared/components/dialog.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Switch } from '../../shared/components/field.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import styles from './devices-page.module.css';
import { JoinDevice } from './join-device.tsx';
import { inOrder } from './joining.ts';
import { pairedDevicesOf } from './paired-devices.ts';

const words = texts.devices;

/** A look at a list that somebody watches: quick enough to see a PC come and go. */
const LOOK_EVERY_MS = 3_000;

export function DevicesPage() {
  const [isAdding, setAdding] = useState(false);
  const add = () => setAdding(true);
  return (
    <>
      <PageHeader
        title={words.title}
        note={words.lead}
        actions={
          <Button look="primary" icon="plus" onClick={add}>
            {words.add}
          </Button>
        }
      />
      <ConnectedCard onAdd={add} />
      <PairedCard onAdd={add} />
      <Dialog
        wide
        open={isAdding}
        onOpenChange={setAdding}
        title={words.join.title}
        description={words.join.description}
      >
        <JoinDevice
          done={
            <Button look="primary" onClick={() => setAdding(false)}>
              {words.join.done}
            </Button>
          }
        />
      </Dialog>
    </>
  );
}

const clientColumns: readonly Column<ClientTold>[] = [
  {
    id: 'device',
    header: words.columns.device,
    cell: (row) => <strong>{row.device}</strong>,
    sortBy: (row) => row.device,
    wide: true,
  },
  {
    id: 'role',
    header: words.columns.role,
    cell: (row) => words.roles[row.role] ?? row.role,
    sortBy: (row) => row.role,
  },
  { id: 'program', header: words.columns.program, cell: (row) => row.program, sortBy: (row) => row.program },
  { id: 'address', header: words.columns.address, cell: (row) => row.address, sortBy: (row) => row.address },
  {
    id: 'since',
    header: words.columns.since,
    cell: (row) => <Age at={row.since} />,
    sortBy: (row) => row.since,
  },
  {
    id: 'lastSave',
    header: words.columns.lastSave,
    cell: (row) => (row.lastSaveAt === null ? words.noSave : <Age at={row.lastSaveAt} />),
    sortBy: (row) => row.lastSaveAt,
  },
  {
    id: 'saves',
    header: words.columns.saves,
    cell: (row) => formats.number(row.saves),
    sortBy: (row) => row.saves,
    align: 'end',
  },
];

function ConnectedCard({ onAdd }: { readonly onAdd: () => void }) {
  const { data, error, answeredAt, reload } = useDoor('control:clients.list', {}, { everyMs: LOOK_EVERY_MS });
  return (
    <Card
      flush
      title={words.connectedTitle}
      note={data === undefined ? undefined : words.connectedCount(data.clients.length)}
    >
      {error !== undefined && (
        <div className={styles.failure}>
          <DoorFailure error={error} onRetry={reload} answeredAt={answeredAt} />
        </div>
      )}
      {(data !== undefined || error === undefined) && (
        <DataTable
          label={words.connectedList}
          columns={clientColumns}
          rows={data?.clients}
          // A device may be connected more than once.
          rowKey={(row) => `${row.deviceId} ${row.since} ${row.address} ${row.program}`}
          sortedBy={{ id: 'device' }}
          stacks
          height="medium"
          empty={
            <EmptyState
              icon="devices"
              title={words.noneConnected}
              action={
                <Button icon="plus" onClick={onAdd}>
                  {words.add}
                </Button>
              }
            >
              {words.noneConnectedHint}
            </EmptyState>
          }
        />
      )}
    </Card>
  );
}

function stateOf({ revokedAt, connected }: DeviceInfo): 'connected' | 'away' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return connected ? 'connected' : 'away';
}

const stateTones = { connected: 'good', away: 'neutral', revoked: 'bad' } as const;

function deviceColumns(onRevoke: (device: DeviceInfo) => void): readonly Column<DeviceInfo>[] {
  return [
    {
      id: 'device',
      header: words.columns.device,
      cell: (row) => <strong>{row.name}</strong>,
      sortBy: (row) => row.name,
      wide: true,
    },
    {
      id: 'role',
      header: words.columns.role,
      cell: (row) => words.roles[row.role] ?? row.role,
      sortBy: (row) => row.role,
    },
    {
      id: 'state',
      header: words.columns.state,
      cell: (row) => (
        <Pill dot tone={stateTones[stateOf(row)]}>
          {words.states[stateOf(row)]}
        </Pill>
      ),
      sortBy: stateOf,
    },
    {
      id: 'lastSeen',
      header: words.columns.lastSeen,
      cell: (row) => {
        if (row.connected) return words.now;
        return row.lastSeenAt === null ? words.never : <Age at={row.lastSeenAt} />;
      },
      sortBy: (row) => row.lastSeenAt,
    },
    {
      id: 'paired',
      header: words.columns.paired,
      cell: (row) => formats.date(row.pairedAt),
      sortBy: (row) => row.pairedAt,
    },
    {
      id: 'actions',
      header: words.columns.actions,
      align: 'end',
      cell: (row) =>
        row.revokedAt === null && (
          <Button compact look="quiet" aria-label={words.revokeOf(row.name)} onClick={() => onRevoke(row)}>
            {words.revoke}
          </Button>
        ),
    },
  ];
}

function PairedCard({ onAdd }: { readonly onAdd: () => void }) {
  const { data, error, answeredAt, reload } = useDoor('control:devices.list', {}, { everyMs: LOOK_EVERY_MS });
  const [asked, setAsked] = useState<DeviceInfo>();
  const [isAsking, setAsking] = useState(false);
  const [showsRevoked, setShowsRevoked] = useState(false);
  const revoke = useAct('control:devices.revoke', { done: words.revoked(asked?.name ?? '') });
  const ask = useCallback((device: DeviceInfo) => {
    setAsked(device);
    setAsking(true);
  }, []);
  const columns = useMemo(() => deviceColumns(ask), [ask]);
  const { ownDeviceId } = useLinks();
  const paired = useMemo(
    () => (data === undefined ? undefined : pairedDevicesOf(data.devices, ownDeviceId)),
    [data, ownDeviceId],
  );
  const rows = useMemo(
    () => paired && inOrder(showsRevoked ? [...paired.active, ...paired.revoked] : paired.active),
    [paired, showsRevoked],
  );
  const revokedCount = paired?.revoked.length ?? 0;
  const confirmed = async () => {
    if (asked === undefined) return;
    const result = await revoke.run({ deviceId: asked.deviceId });
    if (result === undefined) return;
    setAsking(false);
    reload();
  };
  return (
    <Card
      flush
      title={words.pairedTitle}
      note={paired === undefined ? undefined : words.pairedCount(paired.active.length)}
      actions={
        revokedCount > 0 && (
          <Switch
            label={words.showRevoked(revokedCount)}
            checked={showsRevoked}
            onChange={(event) => setShowsRevoked(event.target.checked)}
          />
        )
      }
    >
      {error !== undefined && (
        <div className={styles.failure}>
          <DoorFailure error={error} onRetry={reload} answeredAt={answeredAt} />
        </div>
      )}
      {(data !== undefined || error === undefined) && (
        <DataTable
          label={words.pairedList}
          columns={columns}
          rows={rows}
          stacks
          rowKey={(row) => row.deviceId}
          empty={
            <EmptyState
              icon="devices"
              title={words.nonePaired}
              action={
                <Button look="primary" icon="plus" onClick={onAdd}>
                  {words.add}
                </Button>
              }
            >
              {words.nonePairedHint}
            </EmptyState>
          }
        />
      )}
      {paired?.own !== undefined && (
        <p className={styles.own}>
          <Icon name="dashboard" />
          <span>
            <strong className={styles.ownTitle}>{words.own(paired.own.name)}</strong> {words.ownHint}
          </span>
        </p>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={words.revokeTitle(asked?.name ?? '')}
        description={words.revokeText}
        confirm={words.revoke}
        tone="danger"
        isBusy={revoke.isRunning}
        onConfirm={() => void confirmed()}
      />
    </Card>
  );
}
