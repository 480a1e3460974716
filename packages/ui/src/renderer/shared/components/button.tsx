// What a person presses: with words, or an icon with a label.

import type { ComponentProps } from 'react';
import { classes } from '../classes.ts';
import styles from './button.module.css';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps extends ComponentProps<'button'> {
  /** `primary`: the one thing to do here. `danger`: what cannot be taken back. */
  readonly look?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Looks smaller; what a finger hits stays as large. */
  readonly compact?: boolean;
  /** Shows that it works, and takes no second press meanwhile; it keeps the focus. */
  readonly isBusy?: boolean;
}

export function Button(props: ButtonProps) {
  const { look = 'secondary', icon, compact, isBusy, className, children, onClick, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles.button, styles[look], compact && styles.compact, className)}
      aria-disabled={isBusy || rest['aria-disabled']}
      data-look={look}
      data-busy={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
    >
      {isBusy ? <span className={styles.spinner} aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: IconName;
  /** Read aloud, and shown by the browser when the pointer rests. */
  readonly label: string;
}

export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(styles.iconButton, className)}
    >
      <Icon name={icon} />
    </button>
  );
}
