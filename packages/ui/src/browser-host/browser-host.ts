// The web host as a whole: the desk behind a web server on loopback, and the control endpoint that makes pages sign in.

import { randomBytes } from 'node:crypto';
import { controlToken, dashboardControl, endpointToServe, serveControl } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import manifest from '../../package.json' with { type: 'json' };
import type { HostFacts } from '../bridge/bridge.ts';
import { announce, withdraw } from '../host/announcement.ts';
import { bridgeErrorOf } from '../host/bridge-error.ts';
import { Desk } from '../host/desk.ts';
import type { HostLog } from './host-log.ts';
import { PageFiles } from './page-files.ts';
import { Presence } from './presence.ts';
import { Refusals } from './refusals.ts';
import { SignIn } from './sign-in.ts';
import { pageFile } from './sign-in-pages.ts';
import { readStaticFiles } from './static-files.ts';
import { serveWeb } from './web-server.ts';

/** Nothing that follows from it is more urgent. */
const LOOK_EVERY_MS = 1_000;

/** A route of the page: letters and hyphens between slashes, and never another host (`//`). */
const ROUTE = /^\/$|^(\/[a-z0-9-]+)+$/;
const ROUTE_MAX_LENGTH = 100;

export interface BrowserHostOptions {
  readonly dataDir: string;
  /** The page's built files. */
  readonly pageFolder: string;
  readonly log: HostLog;
}

export interface BrowserHost {
  readonly origin: string;
  /** Settles when the host has ended, by itself or by `close`. Never rejects. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Starts the web host of a data directory. Rejects with EADDRINUSE where another host of the dashboard answers. */
export async function startBrowserHost({
  dataDir,
  pageFolder,
  log,
}: BrowserHostOptions): Promise<BrowserHost> {
  const facts: HostFacts = { kind: 'browser', platform: process.platform, version: manifest.version };
  const clock = { nowMs: () => performance.now(), randomBytes };
  const ending = Promise.withResolvers<void>();
  // First what may be missing: nothing has to be taken down again then.
  const files = readStaticFiles(pageFolder);
  const endpoint = endpointToServe(dataDir, dashboardControl);
  const token = controlToken(dataDir);
  const signIn = new SignIn(clock);
  const pageFiles = new PageFiles(dataDir, (error) => log('dashboard.fault', { error }));
  const presence = new Presence(clock.nowMs());
  const refusals = new Refusals();
  const desk = new Desk({ dataDir });
  const web = await serveWeb({
    files,
    signIn,
    facts,
    ask: (name, params) => desk.ask(name, params),
    listen: (listener) => desk.listen(listener),
    bridgeErrorOf: (error) =>
      bridgeErrorOf(error, (fault, incidentId) => log('dashboard.fault', { error: fault, incidentId })),
    onSignIn: (ticket) => pageFiles.remove(ticket),
    onRefused: (fields) => {
      const count = refusals.count(clock.nowMs());
      if (count !== null) log('dashboard.request.refused', { ...fields, count });
    },
  }).catch((error: unknown) => {
    desk.close();
    throw error;
  });
  const openPage = (path = '/') => {
    if (path.length > ROUTE_MAX_LENGTH || !ROUTE.test(path))
      throw new MasalaError('PARAMS_INVALID', { problems: ['params.path is no route of the dashboard'] });
    presence.wanted(clock.nowMs());
    const ticket = signIn.issueToken(path);
    return { pid: process.pid, page: pageFiles.write(ticket, pageFile(web.origin, ticket)) };
  };
  const control = await serveControl({
    endpoint,
    token,
    log,
    handlers: {
      open: ({ path }) => openPage(path),
      // Whether its browser may show any is between the browser and the person.
      notify: () => {
        throw new MasalaError('NOTIFICATIONS_UNAVAILABLE');
      },
      close: () => {
        ending.resolve();
        return {};
      },
    },
  }).catch(async (error: unknown) => {
    desk.close();
    await web.close();
    throw error;
  });
  pageFiles.clear();
  announce(dataDir, endpoint.address, log);
  log('dashboard.started', { origin: web.origin });
  const timer = setInterval(() => {
    const isServerStopped = desk.isServerStopped();
    const conclusion = presence.look({ nowMs: clock.nowMs(), pages: web.pages, isServerStopped });
    if (conclusion === 'hidden') void desk.windowHidden();
    if (conclusion === 'end' || !control.stands()) ending.resolve();
  }, LOOK_EVERY_MS);
  const ended = ending.promise.then(async () => {
    clearInterval(timer);
    // The answer to the caller of `close` is written in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    withdraw(dataDir, log);
    await control.close();
    await web.close();
    desk.close();
    pageFiles.close();
    log('dashboard.ended', {});
  });
  return { origin: web.origin, ended, close: () => ending.resolve() };
}
