// The page /stock.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function StockPage() {
  return (
    <>
      <PageHeader title={texts.stock.title} />
      <Card>
        <EmptyState icon="stock" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
