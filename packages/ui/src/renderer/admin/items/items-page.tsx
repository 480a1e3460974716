// The page /items.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function ItemsPage() {
  return (
    <>
      <PageHeader title={texts.items.title} />
      <Card>
        <EmptyState icon="items" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
