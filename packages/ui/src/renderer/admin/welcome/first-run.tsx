// Leads to the first run as long as it was neither finished nor skipped: both give the server a name of its own.

import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useDoor } from '../../shared/bridge-context.tsx';

/** Whoever comes by another route has something else in mind. */
const ENTRANCE = '/';

export function FirstRun() {
  const [location, goTo] = useLocation();
  const { data } = useDoor('control:settings.list', location === ENTRANCE ? {} : null);
  const name = data?.settings.find((setting) => setting.name === 'server.name');
  const isFirstRun = location === ENTRANCE && name?.source === 'default' && name.stored === null;
  useEffect(() => {
    if (isFirstRun) goTo('/welcome', { replace: true });
  }, [isFirstRun, goTo]);
  return null;
}
