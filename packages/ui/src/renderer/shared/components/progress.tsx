// How far something is, and how full something is.

import type { ReactNode } from 'react';
import { classes } from '../classes.ts';
import styles from './progress.module.css';

interface ProgressProps {
  /** What is under way; read aloud with the share. */
  readonly label: ReactNode;
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
  readonly note?: ReactNode;
}

export function Progress({ label, done, total, note }: ProgressProps) {
  const isKnown = total > 0;
  return (
    <div className={styles.frame}>
      <label className={styles.words}>
        <span className={styles.label}>{label}</span>
        <progress
          className={classes(styles.bar, !isKnown && styles.unknown)}
          {...(isKnown ? { value: Math.min(done, total), max: total } : {})}
        />
      </label>
      {note !== undefined && <p className={styles.note}>{note}</p>}
    </div>
  );
}

interface MeterProps {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly tone: 'good' | 'warn' | 'bad' | 'neutral';
  /** The share in words. */
  readonly words: string;
}

export function Meter({ label, share, tone, words }: MeterProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element's colours cannot be set alike in every browser.
    <div
      className={styles.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={words}
    >
      <div className={classes(styles.fill, styles[tone])} style={{ width: `${percent}%` }} />
    </div>
  );
}
