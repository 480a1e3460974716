// Opens the dashboard for a person: by the host that lives, else by a new one, in its window or in the default browser.

import { pathToFileURL } from 'node:url';
import { readRunFile } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { askHost, endHungHost, lastWords, type OpenAnswer, startHost } from './dashboard-host.ts';
import { hostPrograms } from './host-programs.ts';
import { hasScreen, type Surroundings, showInBrowser } from './screen.ts';

/** Node starts in half a second and Electron in two; a PC that has just been switched on, or is busy, took 17 s. */
const START_PATIENCE_MS = 90_000;

export interface OpenOptions {
  readonly dataDir: string;
  /** A route of the dashboard; the first page when absent. */
  readonly path?: string;
  /** Only make the link, and let a person open it. */
  readonly onlyLink?: boolean;
  readonly surroundings?: Surroundings;
}

export interface OpenedDashboard {
  readonly hostPid: number;
  /** electron: it has a window of its own. */
  readonly host: 'electron' | 'browser';
  /** To be opened in a browser of this PC, once and within a minute; null where the host has a window. */
  readonly link: string | null;
  /** Whether somebody sees it; else the link is to be told. */
  readonly isShown: boolean;
}

/**
 * Opens the dashboard. Never throws: rejects with DASHBOARD_UNAVAILABLE where no host can be started, and with
 * PARAMS_INVALID for a path that is none.
 */
export async function openDashboard(options: OpenOptions): Promise<OpenedDashboard> {
  const { dataDir, path = '/', onlyLink = false } = options;
  const surroundings = options.surroundings ?? { platform: process.platform, environment: process.env };
  const { pid, page } = await askOrStart(dataDir, path, surroundings);
  if (page === null) return { hostPid: pid, host: 'electron', link: null, isShown: true };
  const isShown = !onlyLink && hasScreen(surroundings) && (await showInBrowser(page, surroundings));
  return { hostPid: pid, host: 'browser', link: pathToFileURL(page).href, isShown };
}

async function askOrStart(dataDir: string, path: string, surroundings: Surroundings): Promise<OpenAnswer> {
  try {
    // One that had announced itself before it was asked should have answered; one that comes meanwhile is left alone.
    const announced = readRunFile(dataDir, 'dashboard.json');
    const living = await askHost(dataDir, path);
    if (living !== null) return living;
    if (announced !== null) await endHungHost(announced);
    for (const program of hostPrograms(dataDir, path, surroundings)) {
      const { environment } = surroundings;
      const answer = await startHost(program, dataDir, path, environment, START_PATIENCE_MS);
      if (answer !== null) return answer;
    }
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'PARAMS_INVALID') throw error;
    throw new MasalaError('DASHBOARD_UNAVAILABLE', { reason: String(error) }, { cause: error });
  }
  throw new MasalaError('DASHBOARD_UNAVAILABLE', { reason: lastWords(dataDir) });
}
