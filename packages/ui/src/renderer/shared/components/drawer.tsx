// A detail beside the list that it belongs to: it comes from the side, and the list stays in sight.

import * as Radix from 'radix-ui/dialog';
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';
import { IconButton } from './button.tsx';
import styles from './drawer.module.css';
import { Scrim } from './scrim.tsx';
import { useFocusReturn } from './use-focus-return.ts';

interface DrawerProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** The content scrolls by itself, as a table does; else the drawer does. */
  readonly hasOwnScroll?: boolean;
  readonly children: ReactNode;
}

export function Drawer({
  open,
  onOpenChange,
  title,
  note,
  actions,
  hasOwnScroll = false,
  children,
}: DrawerProps) {
  const focus = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Scrim />
        <Radix.Content className={styles.drawer} aria-modal="true" aria-describedby={undefined} {...focus}>
          <header className={styles.header}>
            <div className={styles.words}>
              <Radix.Title className={styles.title}>{title}</Radix.Title>
              {note !== undefined && <p className={styles.note}>{note}</p>}
            </div>
            <Radix.Close asChild>
              <IconButton icon="close" label={texts.everywhere.close} />
            </Radix.Close>
          </header>
          {hasOwnScroll ? (
            <div className={styles.body}>{children}</div>
          ) : (
            <section
              className={styles.body}
              aria-label={texts.everywhere.contentOf(title)}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
              tabIndex={0}
            >
              {children}
            </section>
          )}
          {actions !== undefined && <footer className={styles.actions}>{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
