// When the server started and ended, and why.

import { useState } from 'react';
import { Link } from 'wouter';
import { useDoor } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { timelineOf } from './restart-timeline.ts';
import styles from './restarts-card.module.css';

const words = texts.dashboard.restarts;
/** A restart is told by the status, and then asked for at once; this is for the supervisor's own restarts. */
const EVERY_MS = 10_000;
/** As high as the chart beside it. */
const FEW = 4;

export function RestartsCard() {
  const { data, error, reload } = useDoor('control:lives.list', {}, { everyMs: EVERY_MS });
  const now = useNow();
  const [isAll, setAll] = useState(false);
  const entries = data === undefined ? [] : timelineOf(data.lives, now, formats);
  const shown = isAll ? entries : entries.slice(0, FEW);
  return (
    <Card title={words.title} actions={<Link href="/logs">{words.logs}</Link>}>
      {data === undefined && error === undefined && <SkeletonLines lines={4} />}
      {data === undefined && error !== undefined && <DoorFailure error={error} onRetry={reload} />}
      {data !== undefined && entries.length === 0 && (
        <EmptyState icon="clock" title={words.empty}>
          {words.emptyNote}
        </EmptyState>
      )}
      {entries.length > 0 && (
        <ol className={styles.timeline} aria-label={words.label}>
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
      )}
      {entries.length > shown.length && (
        <Button look="quiet" compact className={styles.more} onClick={() => setAll(true)}>
          {words.more(entries.length - shown.length)}
        </Button>
      )}
    </Card>
  );
}
