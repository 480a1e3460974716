// Gives the focus back where it was before a dialogue or a drawer opened. Radix does so only for one that has a Trigger of its own.

import { useRef } from 'react';

export interface FocusReturn {
  readonly onOpenAutoFocus: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/** For the content of one layer: both handlers go to it. */
export function useFocusReturn(): FocusReturn {
  const opener = useRef<Element>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = document.activeElement;
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      // The row or the menu that it was opened from may be gone: the page's own beginning is never far from it.
      const isThere = opener.current?.isConnected === true && opener.current !== document.body;
      const back = isThere ? opener.current : document.querySelector('main h1');
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    },
  };
}
