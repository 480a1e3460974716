// The ways on without a backup.

import type { ReactNode } from 'react';
import type { RecoveryTold } from '../../../bridge/doors.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { texts } from '../../shared/texts.ts';
import styles from './recovery-page.module.css';

const words = texts.recovery.other;

interface OtherWaysProps {
  readonly reason: RecoveryTold['reason'];
  readonly onChoose: (action: 'salvage' | 'fresh') => void;
}

export function OtherWays({ reason, onChoose }: OtherWaysProps) {
  return (
    <Card title={words.title}>
      <div className={styles.others}>
        {/* Where no database is left there is nothing to read. */}
        {reason !== 'missing' && (
          <Way title={words.salvage} note={words.salvageNote}>
            <Button onClick={() => onChoose('salvage')}>{words.salvageAction}</Button>
          </Way>
        )}
        <Way title={words.fresh} note={words.freshNote}>
          <Button onClick={() => onChoose('fresh')}>{words.freshAction}</Button>
        </Way>
      </div>
    </Card>
  );
}

function Way(props: { readonly title: string; readonly note: string; readonly children: ReactNode }) {
  return (
    <div className={styles.way}>
      <div>
        <h3 className={styles.wayTitle}>{props.title}</h3>
        <p className={styles.muted}>{props.note}</p>
      </div>
      {props.children}
    </div>
  );
}
