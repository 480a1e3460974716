// When the server started and ended, and why.

import { useState } from 'react';
import type { DoorResult, Life } from '../../../bridge/doors.ts';
import { type Door, useLinks } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, CardLink } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { CardContent } from './card-content.tsx';
import { cardStateOf } from './card-state.ts';
import { timelineOf } from './restart-timeline.ts';
import styles from './restarts-card.module.css';

const words = texts.dashboard.restarts;
/** As high as the chart beside it. */
const FEW = 5;

/** All of them may be more than has room: a frame that scrolls must be reached by the keyboard. */
const scrolling = { 'data-scrolls': true, role: 'region', 'aria-label': words.frame, tabIndex: 0 } as const;

export function RestartsCard({ lives: door }: { readonly lives: Door<DoorResult<'control:lives.list'>> }) {
  const { status } = useLinks();
  // The supervisor tells it, whatever becomes of the core.
  const state = cardStateOf(door, status === null ? 'silent' : null, true);
  return (
    <Card title={words.title} actions={<CardLink href="/logs">{words.logs}</CardLink>}>
      <CardContent state={state} onRetry={door.reload}>
        {({ lives }) =>
          lives.length === 0 ? (
            <EmptyState icon="clock" title={words.empty}>
              {words.emptyNote}
            </EmptyState>
          ) : (
            <Timeline lives={lives} />
          )
        }
      </CardContent>
    </Card>
  );
}

function Timeline({ lives }: { readonly lives: readonly Life[] }) {
  const now = useNow();
  const [isAll, setAll] = useState(false);
  const entries = timelineOf(lives, now, formats);
  const shown = isAll ? entries : entries.slice(0, FEW);
  return (
    <>
      <div className={styles.frame} {...(isAll ? scrolling : {})}>
        <ol aria-label={words.label}>
          {shown.map((entry) => (
            <li key={entry.key} className={styles.entry} data-tone={entry.tone}>
              <div className={styles.line}>
                <p className={styles.title}>{entry.title}</p>
                <time className={styles.time} dateTime={new Date(entry.at).toISOString()}>
                  {formats.moment(entry.at, now)}
                </time>
              </div>
              {entry.details.length > 0 && <p className={styles.details}>{entry.details.join(' · ')}</p>}
            </li>
          ))}
        </ol>
      </div>
      {entries.length > FEW && (
        <Button
          look="quiet"
          compact
          className={styles.more}
          aria-expanded={isAll}
          onClick={() => setAll(!isAll)}
        >
          {isAll ? words.fewer : words.more(entries.length - shown.length)}
        </Button>
      )}
    </>
  );
}
