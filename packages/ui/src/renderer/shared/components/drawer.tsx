// A detail beside the list that it belongs to: it comes from the side, and the list stays in sight.

import * as Radix from 'radix-ui/dialog';
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';
import { IconButton } from './button.tsx';
import styles from './drawer.module.css';

interface DrawerProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Drawer({ open, onOpenChange, title, note, actions, children }: DrawerProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <div className={styles.scrim} data-scrim="" />
        <Radix.Content className={styles.drawer} aria-modal="true" aria-describedby={undefined}>
          <header className={styles.header}>
            <div className={styles.words}>
              <Radix.Title className={styles.title}>{title}</Radix.Title>
              {note !== undefined && <p className={styles.note}>{note}</p>}
            </div>
            <Radix.Close asChild>
              <IconButton icon="close" label={texts.everywhere.close} />
            </Radix.Close>
          </header>
          <div className={styles.body}>{children}</div>
          {actions !== undefined && <footer className={styles.actions}>{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
