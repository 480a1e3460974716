// A value that waits until the typing pauses, so that not every key asks the server.

import { useEffect, useState } from 'react';

/** Shorter than a reader notices, longer than between two keys of a fast typist. */
const PAUSE_MS = 180;

export function useLater<Value extends string>(value: Value): Value {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setLater(value), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return later;
}
