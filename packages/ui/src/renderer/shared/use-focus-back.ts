// Where the focus goes when a dialogue or a drawer closes: to what had it when it opened.

import { useMemo, useRef } from 'react';

interface FocusBack {
  readonly onOpenAutoFocus: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/** For the content of a dialogue. Radix gives the focus to its own trigger, and ours are opened by the page's state. */
export function useFocusBack(): FocusBack {
  const before = useRef<Element | null>(null);
  return useMemo(
    () => ({
      onOpenAutoFocus: () => {
        before.current = document.activeElement;
      },
      onCloseAutoFocus: (event) => {
        event.preventDefault();
        // What it was opened by may be gone with what was done: then the page itself.
        const target = before.current?.isConnected ? before.current : document.getElementById('content');
        if (target instanceof HTMLElement) target.focus();
      },
    }),
    [],
  );
}
