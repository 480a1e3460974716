// The present time for ages on the screen; it stands still while nobody looks.

import { useEffect, useState } from 'react';
import { watchVisibility } from './page-visibility.ts';

/** UTC ms, renewed each `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    let timer: number | undefined;
    const stopWatching = watchVisibility((isVisible) => {
      window.clearInterval(timer);
      if (!isVisible) return;
      setNow(Date.now());
      timer = window.setInterval(() => setNow(Date.now()), everyMs);
    });
    return () => {
      stopWatching();
      window.clearInterval(timer);
    };
  }, [everyMs]);
  return now;
}
