// The page /settings.

import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function SettingsPage() {
  return (
    <>
      <PageHeader title={texts.settings.title} />
      <Card>
        <EmptyState icon="settings" title={texts.common.nothingYet} />
      </Card>
    </>
  );
}
