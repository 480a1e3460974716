// One figure with its name, and a line of what it means.

import type { ReactNode } from 'react';
import { classes } from '../classes.ts';
import { Icon, type IconName } from './icon.tsx';
import type { Tone } from './pill.tsx';
import { Skeleton } from './skeleton.tsx';
import styles from './stat.module.css';

interface StatProps {
  readonly label: string;
  readonly icon?: IconName;
  /** Undefined while it is not known yet. */
  readonly value: ReactNode;
  /** Beside the value, smaller. */
  readonly unit?: ReactNode;
  readonly note?: ReactNode;
  /** Colours the note. */
  readonly tone?: Tone;
  /** Below all, such as a meter. */
  readonly children?: ReactNode;
}

export function Stat({ label, icon, value, unit, note, tone = 'neutral', children }: StatProps) {
  return (
    <section className={styles.stat} aria-label={label}>
      <h2 className={styles.label}>
        {icon !== undefined && <Icon name={icon} />}
        {label}
      </h2>
      <p className={styles.value}>
        {value === undefined ? <Skeleton width="short" /> : value}
        {value !== undefined && unit !== undefined && <span className={styles.unit}> {unit}</span>}
      </p>
      {value !== undefined && note !== undefined && (
        <p className={classes(styles.note, styles[tone])}>{note}</p>
      )}
      {children}
    </section>
  );
}
