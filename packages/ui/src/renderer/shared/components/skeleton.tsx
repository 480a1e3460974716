// The place of something that is still being asked for.

import { classes } from '../classes.ts';
import styles from './skeleton.module.css';

/** Decoration: say by words elsewhere, or by aria-busy, that it loads. */
export function Skeleton({ width = 'full' }: { readonly width?: 'short' | 'half' | 'full' }) {
  return <span className={classes(styles.skeleton, styles[width])} aria-hidden="true" />;
}

/** A few lines of it. */
export function SkeletonLines({ lines = 3 }: { readonly lines?: number }) {
  return (
    <span className={styles.lines}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike.
        <Skeleton key={line} width={line % 3 === 2 ? 'half' : 'full'} />
      ))}
    </span>
  );
}
