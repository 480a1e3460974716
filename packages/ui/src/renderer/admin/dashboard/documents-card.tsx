// What was booked last, as it happens.

import { Card, CardLink } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Pill } from '../../shared/components/pill.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { CardContent, useAbsence } from './card-content.tsx';
import { cardStateOf } from './card-state.ts';
import styles from './documents-card.module.css';
import { type DocumentHead, momentOf } from './recent-documents.ts';
import { useRecentDocuments } from './use-recent-documents.ts';

const words = texts.dashboard.documents;

export function DocumentsCard() {
  const door = useRecentDocuments();
  const state = cardStateOf(door, useAbsence(), true);
  return (
    <Card title={words.title} actions={<CardLink href="/stock">{words.all}</CardLink>}>
      <CardContent state={state} onRetry={door.reload}>
        {(documents) =>
          documents.length === 0 ? (
            <EmptyState icon="stock" title={words.empty}>
              {words.emptyNote}
            </EmptyState>
          ) : (
            <DocumentList documents={documents} />
          )
        }
      </CardContent>
    </Card>
  );
}

function DocumentList({ documents }: { readonly documents: readonly DocumentHead[] }) {
  const now = useNow(5_000);
  return (
    <ul className={styles.list} aria-label={words.label}>
      {documents.map((document) => (
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
  );
}

function DocumentState({ document }: { readonly document: DocumentHead }) {
  if (document.status === 'draft') return <Pill>{words.draft}</Pill>;
  if (document.status === 'reversed') return <Pill tone="warn">{words.reversed}</Pill>;
  return document.reversalOf === null ? null : <Pill tone="accent">{words.reversal}</Pill>;
}
