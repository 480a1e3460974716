// The page /backups.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function BackupsPage() {
  return (
    <>
      <PageHeader title={texts.backups.title} />
      <Card>
        <EmptyState icon="backups" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
