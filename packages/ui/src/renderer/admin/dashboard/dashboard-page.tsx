// The page /: the state of the house in three seconds, and what can be done about it.

import type { Life } from '../../../bridge/doors.ts';
import { useDoor, useLinks } from '../../shared/bridge-context.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';
import { ClientsCard } from './clients-card.tsx';
import styles from './dashboard-page.module.css';
import { DocumentsCard } from './documents-card.tsx';
import { RecoveryReport } from './recovery-report.tsx';
import { RestartsCard } from './restarts-card.tsx';
import { SpeedChart } from './speed-chart.tsx';
import { StateHero } from './state-hero.tsx';
import { Tiles } from './tiles.tsx';
import { type ClientTold, useClients } from './use-clients.ts';
import { useSpeed } from './use-speed.ts';

/** A restart is told by the status, and then asked for at once; this is for the supervisor's own restarts. */
const LIVES_EVERY_MS = 10_000;
/** Always the same, so that the chart is not drawn anew for it. */
const NO_LIVES: readonly Life[] = [];
const NOBODY: readonly ClientTold[] = [];

export function DashboardPage() {
  const speed = useSpeed();
  const clients = useClients();
  const lives = useDoor('control:lives.list', {}, { everyMs: LIVES_EVERY_MS });
  const { status } = useLinks();
  return (
    <>
      <PageHeader title={texts.dashboard.title} visuallyHidden />
      <StateHero />
      {status?.lastRecovery != null && <RecoveryReport report={status.lastRecovery} />}
      <Tiles speed={speed} clients={clients.data?.clients ?? NOBODY} />
      <div className={styles.grid}>
        <SpeedChart speed={speed} lives={lives.data?.lives ?? NO_LIVES} />
        <RestartsCard lives={lives} />
        <ClientsCard clients={clients} />
        <DocumentsCard />
      </div>
    </>
  );
}
