// `masala-server open`: the dashboard, in its window or in the default browser; without a screen, the link to it.

import { exitCodes, MasalaError } from '@masala/protocol/tables';
import { openDashboard } from '../dashboard/open-dashboard.ts';
import { complainUsage, type OutputOptions, printResult } from './output.ts';
import { reach } from './reach.ts';

export interface OpenArguments extends OutputOptions {
  readonly dataDir: string;
  readonly path: string;
  /** Only print the link. */
  readonly print: boolean;
}

export async function openForPerson({ dataDir, path, print, json }: OpenArguments): Promise<number> {
  await requireServer(dataDir);
  try {
    const route = path.startsWith('/') ? path : `/${path}`;
    const { hostPid, host, link, isShown } = await openDashboard({ dataDir, path: route, onlyLink: print });
    printResult({ host, hostPid, link, shown: isShown }, describe(link, isShown), { json });
    return exitCodes.OK.code;
  } catch (error) {
    if (!(error instanceof MasalaError && error.code === 'PARAMS_INVALID')) throw error;
    return complainUsage(`--path has to name a page of the dashboard, such as /backups, and not "${path}".`, {
      json,
    });
  }
}

/** A dashboard of nothing would only say that there is nothing. Rejects with CONTROL_UNREACHABLE. */
async function requireServer(dataDir: string): Promise<void> {
  const reached = await reach(dataDir);
  if (reached.by !== 'nobody') reached.connection.close();
  // One that starts or hangs is there: its dashboard is what one wants to see then.
  else if (reached.processes.length === 0) throw new MasalaError('CONTROL_UNREACHABLE');
}

function describe(link: string | null, isShown: boolean): string[] {
  if (link === null) return ['The dashboard is in its window.'];
  if (isShown) return ['The dashboard opens in the browser.'];
  return [
    link,
    'Open this link in a browser of this PC, as this user, within a minute. It is good for once.',
  ];
}
