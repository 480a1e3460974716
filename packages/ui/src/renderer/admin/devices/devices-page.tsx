// The page /devices.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function DevicesPage() {
  return (
    <>
      <PageHeader title={texts.devices.title} />
      <Card>
        <EmptyState icon="devices" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
