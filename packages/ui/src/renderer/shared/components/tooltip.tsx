// A word more about something, on hover and on focus. Never the only place where something is said.

import * as Radix from 'radix-ui/tooltip';
import type { ReactNode } from 'react';
import styles from './tooltip.module.css';

/** Once around the page: the wait before the first tooltip, and none between neighbours. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  // Half a second: long enough not to flicker under a moving pointer.
  return <Radix.Provider delayDuration={500}>{children}</Radix.Provider>;
}

/** The child must be one element that can have the focus. */
export function Tooltip({ text, children }: { readonly text: ReactNode; readonly children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.tooltip} sideOffset={6} collisionPadding={12}>
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
