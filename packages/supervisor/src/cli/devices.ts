// `masala-server pair` and `devices`: asked of the supervisor, or of the core where it is alone.

import type {
  ControlConnection,
  CoreControl,
  DeviceInfo,
  DeviceRole,
  ParamsOf,
  ResultOf,
} from '@masala/protocol/control';
import { exitCodes, MasalaError } from '@masala/protocol/tables';
import { type OutputOptions, printResult } from './output.ts';
import { reach } from './reach.ts';

export async function makeJoinCode(
  dataDir: string,
  role: DeviceRole | undefined,
  options: OutputOptions,
): Promise<number> {
  return await withServer(dataDir, async (call) => {
    const made = await call('pair', role === undefined ? {} : { role });
    const until = new Date(made.expiresAt).toLocaleTimeString();
    printResult(
      { code: made.code, expiresAt: made.expiresAt },
      [`Join code: ${made.code}`, `Valid once, until ${until}. On the other PC: masala pair ${made.code}`],
      options,
    );
  });
}

export async function listDevices(dataDir: string, options: OutputOptions): Promise<number> {
  return await withServer(dataDir, async (call) => {
    const { devices } = await call('devices.list', {});
    const lines = devices.length === 0 ? ['No device is paired.'] : devices.map(describeDevice);
    printResult(devices, lines, options);
  });
}

export async function revokeDevice(
  dataDir: string,
  deviceId: string,
  options: OutputOptions,
): Promise<number> {
  return await withServer(dataDir, async (call) => {
    const revoked = await call('devices.revoke', { deviceId });
    printResult(revoked, [`Revoked ${revoked.deviceId}: its connections are closed.`], options);
  });
}

/** Both contracts declare these three alike. */
type DeviceMethod = 'pair' | 'devices.list' | 'devices.revoke';
type DeviceCall = <M extends DeviceMethod>(
  method: M,
  params: ParamsOf<CoreControl, M>,
) => Promise<ResultOf<CoreControl, M>>;

async function withServer(dataDir: string, ask: (call: DeviceCall) => Promise<void>): Promise<number> {
  const reached = await reach(dataDir);
  if (reached.by === 'nobody') {
    throw new MasalaError(reached.processes.length > 0 ? 'SERVER_STARTING' : 'CONTROL_UNREACHABLE');
  }
  try {
    if (reached.by === 'core')
      console.error('masala-server: the server runs unsupervised; the core was asked.');
    const connection = reached.connection as Pick<ControlConnection<CoreControl>, 'call'>;
    await ask((method, params) => connection.call(method, params));
    return exitCodes.OK.code;
  } finally {
    reached.connection.close();
  }
}

function describeDevice(device: DeviceInfo): string {
  const seen =
    device.lastSeenAt === null ? 'never seen' : `seen ${new Date(device.lastSeenAt).toLocaleString()}`;
  const state = device.revokedAt !== null ? 'revoked' : device.connected ? 'connected' : seen;
  return `${device.deviceId}  ${device.name}  ${device.role}  ${state}`;
}
