// The page /: the state of the house in three seconds.

import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function DashboardPage() {
  return <PageHeader title={texts.dashboard.title} />;
}
