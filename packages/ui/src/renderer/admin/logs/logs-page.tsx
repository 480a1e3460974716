// The page /logs.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function LogsPage() {
  return (
    <>
      <PageHeader title={texts.logs.title} />
      <Card>
        <EmptyState icon="logs" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
