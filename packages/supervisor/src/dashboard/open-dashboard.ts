// Opens the dashboard for a person: by the host that lives, else by a new one, in its window or in the default browser.

import { pathToFileURL } from 'node:url';
import { readRunFile } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { askHost, endHungHost, lastWords, type OpenAnswer, startHost } from './dashboard-host.ts';
import { type HostProgram, hostPrograms } from './host-programs.ts';
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
  /** Pids of hosts that hung and were ended, unless nobody could say whether they were ours. */
  readonly hungHosts: readonly number[];
}

/**
 * Opens the dashboard. Never throws: rejects with DASHBOARD_UNAVAILABLE where no host can be started, with DASHBOARD_HUNG where one
 * was but did not answer, and with PARAMS_INVALID for a path that is none.
 */
export async function openDashboard(options: OpenOptions): Promise<OpenedDashboard> {
  const { dataDir, path = '/', onlyLink = false } = options;
  const surroundings = options.surroundings ?? { platform: process.platform, environment: process.env };
  const { answer, hungHosts } = await askOrStart(dataDir, path, surroundings);
  const { pid, page } = answer;
  if (page === null) return { hostPid: pid, host: 'electron', link: null, isShown: true, hungHosts };
  const isShown = !onlyLink && hasScreen(surroundings) && (await showInBrowser(page, surroundings));
  return { hostPid: pid, host: 'browser', link: pathToFileURL(page).href, isShown, hungHosts };
}

/** The answer of a host, and the pids of those that hung on the way to it. */
export interface Reached {
  readonly answer: OpenAnswer;
  readonly hungHosts: readonly number[];
}

async function askOrStart(dataDir: string, path: string, surroundings: Surroundings): Promise<Reached> {
  try {
    // One that had announced itself before it was asked should have answered; one that comes meanwhile is left alone.
    const announced = readRunFile(dataDir, 'dashboard.json');
    const living = await askHost(dataDir, path);
    if (living !== null) return { answer: living, hungHosts: [] };
    const hungHosts = announced === null || (await endHungHost(announced)) === 'gone' ? [] : [announced.pid];
    const programs = hostPrograms(dataDir, path, surroundings);
    const { environment } = surroundings;
    return await startFirst({
      programs,
      dataDir,
      path,
      environment,
      hungHosts,
      patienceMs: START_PATIENCE_MS,
    });
  } catch (error) {
    if (error instanceof MasalaError && ownCodes.has(error.code)) throw error;
    throw new MasalaError('DASHBOARD_UNAVAILABLE', { reason: String(error) }, { cause: error });
  }
}

const ownCodes: ReadonlySet<string> = new Set(['PARAMS_INVALID', 'DASHBOARD_UNAVAILABLE', 'DASHBOARD_HUNG']);

export interface FirstStart {
  readonly programs: readonly HostProgram[];
  readonly dataDir: string;
  readonly path: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Pids of those that hung before. */
  readonly hungHosts: readonly number[];
  readonly patienceMs: number;
}

/** Starts the first of the hosts that answers. Rejects with DASHBOARD_HUNG or DASHBOARD_UNAVAILABLE. */
export async function startFirst(given: FirstStart): Promise<Reached> {
  const { dataDir, path, environment, patienceMs } = given;
  const hungHosts = [...given.hungHosts];
  for (const program of given.programs) {
    const start = await startHost(program, dataDir, path, environment, patienceMs);
    if (start.type === 'answered') return { answer: start.answer, hungHosts };
    if (start.type === 'hung') hungHosts.push(start.pid);
  }
  const reason = lastWords(dataDir);
  if (hungHosts.length > 0) throw new MasalaError('DASHBOARD_HUNG', { pids: hungHosts, reason });
  throw new MasalaError('DASHBOARD_UNAVAILABLE', { reason });
}
