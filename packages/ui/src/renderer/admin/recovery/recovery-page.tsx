// The dialogue of a server that waits for its database.

import { PageHeader } from '../../shared/components/page-header.tsx';
import { texts } from '../../shared/texts.ts';

export function RecoveryPage() {
  return <PageHeader title={texts.recovery.title} />;
}
