// `masala discover`: the servers on the network.

import { settings } from '@masala/protocol';
import { discover } from '../discovery.ts';
import type { Globals, Outcome } from './globals.ts';
import { describeTable, printJson, printText, remark } from './output.ts';

export const DEFAULT_DISCOVERY_PORT = settings['discovery.port'].default;

export async function discoverCommand(globals: Globals): Outcome {
  const { server, timeout, discoveryPort: port = DEFAULT_DISCOVERY_PORT } = globals;
  const servers = await discover({
    port,
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(server === undefined ? {} : { host: server.address }),
  });
  if (globals.json) printJson(servers);
  else if (servers.length > 0) printText(describeTable(servers.map((found) => ({ ...found }))));
  else {
    remark(`no server answered on UDP port ${port}.`);
    remark('Is the server PC switched on, in the same network, and its firewall open for Masala?');
  }
  return 0;
}
