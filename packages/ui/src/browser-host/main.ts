// Where the web host begins: started by the supervisor or by `masala-server open`, it ends itself when it is of no use.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasErrorCode } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { startBrowserHost } from './browser-host.ts';
import { hostLog } from './host-log.ts';

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, 'page-folder': { type: 'string' } },
});
const dataDir = values['data-dir'];

if (dataDir === undefined) process.exit(exitCodes.USAGE.code);
// Whatever is still open after it has ended or failed: nobody would find a process that only stays.
process.exit(await run(dataDir, values['page-folder'] ?? join(import.meta.dirname, '../../dist')));

async function run(folder: string, pageFolder: string): Promise<number> {
  try {
    const host = await startBrowserHost({ dataDir: folder, pageFolder, log: hostLog });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => host.close());
    await host.ended;
    return exitCodes.OK.code;
  } catch (error) {
    // Whoever started this one finds the other.
    if (hasErrorCode(error, 'EADDRINUSE')) return exitCodes.ALREADY_RUNNING.code;
    hostLog('dashboard.fault', { error });
    return exitCodes.FAULT.code;
  }
}
