// A surface for one subject: its title, what one can do with it, and the content.

import { type ComponentProps, type ReactNode, useId } from 'react';
import { Link } from 'wouter';
import { classes } from '../classes.ts';
import styles from './card.module.css';

interface CardProps extends Omit<ComponentProps<'section'>, 'title'> {
  readonly title?: ReactNode;
  /** One line below the title. */
  readonly note?: ReactNode;
  /** At the end of the title's line. */
  readonly actions?: ReactNode;
  /** The content reaches the edges: for tables and lists. */
  readonly flush?: boolean;
}

export function Card({ title, note, actions, flush, className, children, ...rest }: CardProps) {
  const titleId = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : titleId}
      {...rest}
      className={classes(styles.card, className)}
    >
      {title !== undefined && (
        <header className={styles.header}>
          <div className={styles.words}>
            <h2 id={titleId} className={styles.title}>
              {title}
            </h2>
            {note !== undefined && <p className={styles.note}>{note}</p>}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

/** From a card to the page that has more of it; as large as a finger. */
export function CardLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className={styles.link}>
      {children}
    </Link>
  );
}
