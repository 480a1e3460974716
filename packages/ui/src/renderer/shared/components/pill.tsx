// A short state in a word or two, told by its words and only helped by its colour.

import type { ReactNode } from 'react';
import { classes } from '../classes.ts';
import styles from './pill.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'neutral' | 'accent';

interface PillProps {
  readonly tone?: Tone;
  /** A dot before the words. */
  readonly dot?: boolean;
  readonly children: ReactNode;
}

export function Pill({ tone = 'neutral', dot, children }: PillProps) {
  return (
    <span className={classes(styles.pill, styles[tone])}>
      {dot && <span className={styles.dot} aria-hidden="true" />}
      {children}
    </span>
  );
}
