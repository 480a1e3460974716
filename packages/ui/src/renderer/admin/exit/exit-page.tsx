// The page /exit.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function ExitPage() {
  return (
    <>
      <PageHeader title={texts.exit.title} />
      <Card>
        <EmptyState icon="power" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
