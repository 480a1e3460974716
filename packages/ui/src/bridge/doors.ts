// The types of every request by its flat name, and of the things that answers are made of: for the page, which may not import
// the control channel itself.

import type { CallParams } from '@masala/client';
import type { Result } from '@masala/protocol';
import type { ParamsOf, ResultOf, SupervisorControl } from '@masala/protocol/control';
import type { ClientDoor, ControlDoor, DoorName, HostDoor, HostDoors } from './bridge.ts';

export type DoorParams<Name extends DoorName> = Name extends `control:${infer Method extends ControlDoor}`
  ? ParamsOf<SupervisorControl, Method>
  : Name extends `client:${infer Method extends ClientDoor}`
    ? CallParams<Method>
    : Name extends `host:${infer Method extends HostDoor}`
      ? HostDoors[Method]['params']
      : never;

export type DoorResult<Name extends DoorName> = Name extends `control:${infer Method extends ControlDoor}`
  ? ResultOf<SupervisorControl, Method>
  : Name extends `client:${infer Method extends ClientDoor}`
    ? Result<Method>
    : Name extends `host:${infer Method extends HostDoor}`
      ? HostDoors[Method]['result']
      : never;

export type {
  ClientTold,
  Death,
  DeviceInfo,
  DeviceRole,
  JournalTold,
  LastRecovery,
  Life,
  MetricsPoint,
  NoticeTold,
  RecoveryTold,
  RestorePointTold,
  RestoreShown,
  ServerFlag,
  ServerState,
  ServerStatus,
  SettingTold,
  WorkProgress,
} from '@masala/protocol/control';
