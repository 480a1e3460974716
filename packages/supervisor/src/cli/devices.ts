// `masala-server pair` and `devices`: asked of the supervisor, or of the core where it is alone.

import type { DeviceInfo, DeviceRole } from '@masala/protocol/control';
import { exitCodes, MasalaError } from '@masala/protocol/tables';
import { withServer } from './ask-server.ts';
import { asComplaint, complain, type OutputOptions, printResult } from './output.ts';

export async function makeJoinCode(
  dataDir: string,
  role: DeviceRole | undefined,
  options: OutputOptions,
): Promise<number> {
  return await withServer(dataDir, async ({ call }) => {
    const made = await call('pair', role === undefined ? {} : { role });
    const until = new Date(made.expiresAt).toLocaleTimeString();
    printResult(
      { code: made.code, expiresAt: made.expiresAt },
      [`Join code: ${made.code}`, `Valid once, until ${until}. On the other PC: masala pair ${made.code}`],
      options,
    );
    return exitCodes.OK.code;
  });
}

export async function listDevices(dataDir: string, options: OutputOptions): Promise<number> {
  return await withServer(dataDir, async ({ call }) => {
    const { devices } = await call('devices.list', {});
    const lines = devices.length === 0 ? ['No device is paired.'] : devices.map(describeDevice);
    printResult(devices, lines, options);
    return exitCodes.OK.code;
  });
}

export async function revokeDevice(
  dataDir: string,
  deviceId: string,
  options: OutputOptions,
): Promise<number> {
  return await withServer(dataDir, async ({ call }) => {
    try {
      const revoked = await call('devices.revoke', { deviceId });
      printResult(revoked, [`Revoked ${revoked.deviceId}: its connections are closed.`], options);
      return exitCodes.OK.code;
    } catch (error) {
      if (!(error instanceof MasalaError) || error.code !== 'NOT_FOUND') throw error;
      const unknown = { message: `There is no device with the id ${deviceId}.`, details: [] };
      const hint = '`masala-server devices` lists the devices and their ids.';
      return complain({ ...asComplaint(error), ...unknown, hint }, options);
    }
  });
}

function describeDevice(device: DeviceInfo): string {
  const seen =
    device.lastSeenAt === null ? 'never seen' : `seen ${new Date(device.lastSeenAt).toLocaleString()}`;
  const state = device.revokedAt !== null ? 'revoked' : device.connected ? 'connected' : seen;
  return `${device.deviceId}  ${device.name}  ${device.role}  ${state}`;
}
