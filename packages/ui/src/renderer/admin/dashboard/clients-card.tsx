// Who is connected: device, where, since when, and its last save.

import { useLocation } from 'wouter';
import type { Door } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, CardLink } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { CardContent, useAbsence } from './card-content.tsx';
import { cardStateOf } from './card-state.ts';
import styles from './clients-card.module.css';
import type { ClientsTold, ClientTold } from './use-clients.ts';

const words = texts.dashboard.clients;
/** A first look; the page of the devices has them all. */
const SHOWN_MAX = 8;

export function ClientsCard({ clients: door }: { readonly clients: Door<ClientsTold> }) {
  const state = cardStateOf(door, useAbsence(), false);
  return (
    <Card title={words.title} actions={<CardLink href="/devices">{words.all}</CardLink>} flush>
      <CardContent state={state} onRetry={door.reload} lines={3} flush>
        {({ clients }) => (clients.length === 0 ? <NoClients /> : <ClientsTable clients={clients} />)}
      </CardContent>
    </Card>
  );
}

function NoClients() {
  const [, goTo] = useLocation();
  return (
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
  );
}

function ClientsTable({ clients }: { readonly clients: readonly ClientTold[] }) {
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
          <CardLink href="/devices">{words.more(clients.length - shown.length)}</CardLink>
        </p>
      )}
    </>
  );
}
