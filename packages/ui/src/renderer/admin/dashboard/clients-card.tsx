// Who is connected: device, where, since when, and its last save.

import { Link, useLocation } from 'wouter';
import { useDoor } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './clients-card.module.css';

const words = texts.dashboard.clients;
const EVERY_MS = 2_000;
/** A first look; the page of the devices has them all. */
const SHOWN_MAX = 8;

export function ClientsCard() {
  const { data, error, reload } = useDoor('control:clients.list', {}, { everyMs: EVERY_MS });
  const [, goTo] = useLocation();
  return (
    <Card title={words.title} actions={<Link href="/devices">{words.all}</Link>} flush>
      {data === undefined ? (
        <div className={styles.inset}>
          {error === undefined ? <SkeletonLines /> : <DoorFailure error={error} onRetry={reload} />}
        </div>
      ) : data.clients.length === 0 ? (
        <EmptyState
          icon="devices"
          title={words.empty}
          action={
            <Button icon="plus" onClick={() => goTo('/devices')}>
              {words.emptyAction}
            </Button>
          }
        >
          {words.emptyNote}
        </EmptyState>
      ) : (
        <ClientsTable clients={data.clients} />
      )}
    </Card>
  );
}

type Clients = NonNullable<ReturnType<typeof useDoor<'control:clients.list'>>['data']>['clients'];

function ClientsTable({ clients }: { readonly clients: Clients }) {
  const now = useNow();
  const shown = clients
    .toSorted((left, right) => (right.lastSaveAt ?? 0) - (left.lastSaveAt ?? 0))
    .slice(0, SHOWN_MAX);
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{words.device}</th>
            <th scope="col">{words.address}</th>
            <th scope="col">{words.since}</th>
            <th scope="col">{words.lastSave}</th>
            <th scope="col" className={styles.number}>
              {words.saves}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((client) => (
            <tr key={`${client.deviceId} ${client.address} ${client.since}`}>
              <th scope="row">
                <span className={styles.device}>{client.device}</span>
                <span className={styles.program}>{client.program}</span>
              </th>
              <td>{client.address}</td>
              <td>
                <time dateTime={new Date(client.since).toISOString()}>{formats.age(client.since, now)}</time>
              </td>
              <td>{client.lastSaveAt === null ? words.noSave : formats.age(client.lastSaveAt, now)}</td>
              <td className={styles.number}>{formats.number(client.saves)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {clients.length > shown.length && (
        <p className={styles.more}>
          <Link href="/devices">{words.more(clients.length - shown.length)}</Link>
        </p>
      )}
    </>
  );
}
