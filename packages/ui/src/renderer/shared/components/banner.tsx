// Something that stays on the screen as long as it is so.

import type { ReactNode } from 'react';
import { classes } from '../classes.ts';
import { texts } from '../texts.ts';
import styles from './banner.module.css';
import { IconButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

const icons = {
  info: 'info',
  good: 'checkCircle',
  warn: 'warning',
  bad: 'error',
} as const satisfies Record<string, IconName>;

export type BannerTone = keyof typeof icons;

interface BannerProps {
  readonly tone: BannerTone;
  readonly title: ReactNode;
  /** What one can do. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly onDismiss?: (() => void) | undefined;
}

export function Banner({ tone, title, children, action, onDismiss }: BannerProps) {
  return (
    <div className={classes(styles.banner, styles[tone])}>
      <Icon name={icons[tone]} className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children !== undefined && <div className={styles.text}>{children}</div>}
      </div>
      {action !== undefined && <div className={styles.action}>{action}</div>}
      {onDismiss !== undefined && (
        <IconButton
          icon="close"
          label={texts.everywhere.dismiss}
          className={styles.dismiss}
          onClick={onDismiss}
        />
      )}
    </div>
  );
}
