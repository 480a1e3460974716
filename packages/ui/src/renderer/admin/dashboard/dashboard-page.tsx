// The page /: the state of the house in three seconds, and what can be done about it.

import { useLinks } from '../../shared/bridge-context.tsx';
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
import { useSpeed } from './use-speed.ts';

export function DashboardPage() {
  const speed = useSpeed();
  const { status } = useLinks();
  return (
    <>
      <PageHeader title={texts.dashboard.title} visuallyHidden />
      <StateHero />
      {status?.lastRecovery != null && <RecoveryReport report={status.lastRecovery} />}
      <Tiles points={speed.points} isMeasured={speed.isMeasured} />
      <div className={styles.grid}>
        <SpeedChart {...speed} />
        <RestartsCard />
        <ClientsCard />
        <DocumentsCard />
      </div>
    </>
  );
}
