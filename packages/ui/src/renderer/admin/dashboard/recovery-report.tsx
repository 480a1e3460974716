// What the last recovery did: shown on the dashboard until it is put away.

import { useState } from 'react';
import type { LastRecovery } from '../../../bridge/doors.ts';
import { Banner } from '../../shared/components/banner.tsx';
import { formats } from '../../shared/formats.ts';
import { recall, remember } from '../../shared/preferences.ts';
import { texts } from '../../shared/texts.ts';
import styles from './recovery-report.module.css';

const words = texts.dashboard.report;
const PREFERENCE = 'recovery-read';

export function RecoveryReport({ report }: { readonly report: LastRecovery }) {
  const [readAt, setReadAt] = useState(() => recall(PREFERENCE));
  const key = String(report.at);
  if (readAt === key) return null;
  const asOf = report.asOf === null ? words.asOfNothing : words.asOf(formats.dateTime(report.asOf));
  return (
    <Banner
      tone={report.warnings.length === 0 ? 'good' : 'warn'}
      title={words[report.action]}
      onDismiss={() => {
        remember(PREFERENCE, key);
        setReadAt(key);
      }}
    >
      <p>
        {asOf} {words.done(formats.dateTime(report.at))}
      </p>
      {report.summary.length > 0 && (
        <ul className={styles.lines}>
          {report.summary.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {report.warnings.length > 0 && (
        <>
          <p className={styles.heading}>{words.warnings}</p>
          <ul className={styles.lines}>
            {report.warnings.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </Banner>
  );
}
