// `masala pair CODE`: makes this PC a device of a server.

import { hostname } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import { pair } from '../pairing.ts';
import { readProfileIfAny, writeProfile } from '../profile.ts';
import { DEFAULT_DISCOVERY_PORT } from './discover-command.ts';
import type { Globals, Outcome } from './globals.ts';
import { printJson, printText, remark } from './output.ts';

/** As long as a device's name may be in the contract. */
const DEVICE_NAME_MAX_LENGTH = 60;

export async function pairCommand(
  code: string,
  options: { readonly name?: string },
  globals: Globals,
): Outcome {
  const previous = readProfileIfAny(globals.profile);
  const { token: _, ...shown } = await pair({
    code,
    deviceName: (options.name ?? hostname()).slice(0, DEVICE_NAME_MAX_LENGTH),
    discoveryPort: globals.discoveryPort ?? DEFAULT_DISCOVERY_PORT,
    previous,
    client: { name: 'masala', version: manifest.version },
    ...(globals.server === undefined ? {} : { server: globals.server }),
    ...(globals.timeout === undefined ? {} : { timeoutMs: globals.timeout }),
  }).then((profile) => {
    writeProfile(globals.profile, profile);
    return profile;
  });
  if (globals.json) {
    printJson({ ...shown, profile: globals.profile });
    return 0;
  }
  if (previous !== undefined && previous.serverId !== shown.serverId) {
    remark(`this device was paired with "${previous.name}" before; now it is with "${shown.name}"`);
  }
  printText(`Paired with "${shown.name}" (${shown.address}:${shown.port}).`);
  printText(`This device is "${shown.deviceName}" with the role ${shown.role}.`);
  return 0;
}
