// One device's way in: a join code is made, shown, and watched until a device has used it or its time is over.

import { useCallback, useState } from 'react';
import type { DeviceInfo, DeviceRole } from '../../../bridge/doors.ts';
import { useAct, useDoor } from '../../shared/bridge-context.tsx';
import { pairedSince, pairingsOf } from './joining.ts';

/** Someone stands beside the new device and looks at both screens. */
const LOOK_EVERY_MS = 1_000;

interface CodeShown {
  readonly code: string;
  readonly expiresAt: number;
  readonly role: DeviceRole;
  /** Who was paired before the code was made. */
  readonly before: ReadonlySet<string>;
}

export interface Joining {
  readonly shown: CodeShown | undefined;
  /** The device that has used the code. */
  readonly joined: DeviceInfo | undefined;
  readonly isMaking: boolean;
  readonly make: (role: DeviceRole) => void;
  /** Back to the choice of a role. */
  readonly again: () => void;
}

export function useJoining(): Joining {
  const list = useAct('control:devices.list');
  const pair = useAct('control:pair');
  const [shown, setShown] = useState<CodeShown>();
  const [joined, setJoined] = useState<DeviceInfo>();
  const isWaiting = shown !== undefined && joined === undefined;
  const { data } = useDoor('control:devices.list', isWaiting ? {} : null, { everyMs: LOOK_EVERY_MS });
  const found =
    isWaiting && data !== undefined ? pairedSince(shown.before, data.devices, shown.role) : undefined;
  // It stays what it was found as, also when the device is renamed or revoked meanwhile.
  if (found !== undefined) setJoined(found);

  const [{ run: readDevices }, { run: makeCode }] = [list, pair];
  const make = useCallback(
    async (role: DeviceRole) => {
      const before = await readDevices({});
      if (before === undefined) return;
      const made = await makeCode({ role });
      if (made === undefined) return;
      setJoined(undefined);
      setShown({ ...made, role, before: pairingsOf(before.devices) });
    },
    [readDevices, makeCode],
  );
  const again = useCallback(() => {
    setShown(undefined);
    setJoined(undefined);
  }, []);
  return {
    shown,
    joined,
    isMaking: list.isRunning || pair.isRunning,
    make: (role) => void make(role),
    again,
  };
}
