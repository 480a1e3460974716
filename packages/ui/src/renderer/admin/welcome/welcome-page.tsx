// The page /welcome.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function WelcomePage() {
  return (
    <>
      <PageHeader title={texts.welcome.title} />
      <Card>
        <EmptyState icon="checkCircle" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
