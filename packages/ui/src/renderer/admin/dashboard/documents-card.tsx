// What was booked last, as it happens.

import { Link } from 'wouter';
import { Card } from '../../shared/components/card.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './documents-card.module.css';
import { type DocumentHead, momentOf } from './recent-documents.ts';
import { useRecentDocuments } from './use-recent-documents.ts';

const words = texts.dashboard.documents;

export function DocumentsCard() {
  const { data, error, reload } = useRecentDocuments();
  const now = useNow(5_000);
  return (
    <Card title={words.title} actions={<Link href="/stock">{words.all}</Link>}>
      {data === undefined && error === undefined && <SkeletonLines lines={4} />}
      {data === undefined && error !== undefined && <DoorFailure error={error} onRetry={reload} />}
      {data?.length === 0 && (
        <EmptyState icon="stock" title={words.empty}>
          {words.emptyNote}
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className={styles.list} aria-label={words.label}>
          {data.map((document) => (
            <li key={document.id} className={styles.document}>
              <div className={styles.line}>
                <p className={styles.number}>{document.number ?? words.draft}</p>
                <time className={styles.muted} dateTime={new Date(momentOf(document)).toISOString()}>
                  {formats.age(momentOf(document), now)}
                </time>
              </div>
              <div className={styles.line}>
                <p className={styles.muted}>
                  {words.kinds[document.kind]} · {words.lines(document.lineCount)}
                </p>
                <DocumentState document={document} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function DocumentState({ document }: { readonly document: DocumentHead }) {
  if (document.status === 'draft') return <Pill>{words.draft}</Pill>;
  if (document.status === 'reversed') return <Pill tone="warn">{words.reversed}</Pill>;
  return document.reversalOf === null ? null : <Pill tone="accent">{words.reversal}</Pill>;
}
