// `masala-server start`: the supervisor in the foreground, with a live status of the server.

import { join, resolve } from 'node:path';
import type { StartFlags } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { AdminsDesk } from '../admins-desk.ts';
import { raiseDashboard } from '../dashboard/bring-to-front.ts';
import { superviseUntilEnd } from '../process-end.ts';
import { type Supervisor, startSupervisor } from '../supervisor.ts';
import { trayHostProgram } from '../tray/tray-program.ts';
import { dashboardDeviceId } from './dashboard-device.ts';
import { liveOutput } from './live-status.ts';
import { complain, type OutputOptions, startComplaint } from './output.ts';

/** Often enough that a client that comes or goes is seen at once by a person who watches. */
const REFRESH_MS = 2_000;

export interface StartOptions extends OutputOptions {
  readonly dataDir: string;
  readonly flags: StartFlags;
  readonly coreProgram: string;
}

export async function startServer(options: StartOptions): Promise<number> {
  const dataDir = resolve(options.dataDir);
  const { flags, coreProgram } = options;
  const environment = process.env;
  const shown = { notice: null as string | null };
  const desk = new AdminsDesk({ dataDir, flags, environment, trayProgram: trayHostProgram });
  const start = await startSupervisor({
    dataDir,
    flags,
    coreProgram,
    environment,
    onShow: () => {
      shown.notice = 'Somebody started Masala a second time: it already runs, here.';
      desk.show();
    },
    onWindowHidden: () => desk.windowHidden(),
  });
  if (start.type === 'refused') return complain(startComplaint(start.exitCode, start.problems), options);
  if (start.type === 'already-running') {
    if (start.shown) await raiseDashboard(process.platform);
    return alreadyRunning(start, dataDir, options);
  }
  desk.attend(start.supervisor);
  const live = new LiveStatus(start.supervisor, dataDir, shown, options.json);
  const end = await superviseUntilEnd(start.supervisor, (count) => live.askedAgain(count));
  live.end();
  await desk.close();
  if (end.exitCode === 'OK') {
    if (!options.json) console.log('Stopped.');
    return exitCodes.OK.code;
  }
  return complain(startComplaint(end.exitCode, [end.message]), options);
}

function alreadyRunning(
  { pid, shown }: { readonly pid: number | null; readonly shown: boolean },
  dataDir: string,
  options: OutputOptions,
): number {
  const asked = shown ? 'it was asked to show itself' : 'it did not answer when it was asked to show itself';
  const who = pid === null ? '' : ` (pid ${pid})`;
  return complain(
    {
      exitCode: 'ALREADY_RUNNING',
      code: 'ALREADY_RUNNING',
      message: `A server is already running${who} for ${dataDir}; ${asked}.`,
      details: [],
      hint: 'Use the running one: `masala-server status`. To start anew: `masala-server restart`.',
    },
    options,
  );
}

/** Keeps the picture of the server up to date, and a join code on it while no device of a person is paired. */
class LiveStatus {
  readonly #supervisor: Supervisor;
  readonly #dataDir: string;
  readonly #shown: { notice: string | null };
  readonly #output = liveOutput(process.stdout);
  readonly #json: boolean;
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #joinCode: { readonly code: string; readonly expiresAt: number } | null = null;
  #needsCode = true;
  #refreshing = false;

  constructor(supervisor: Supervisor, dataDir: string, shown: { notice: string | null }, json: boolean) {
    this.#supervisor = supervisor;
    this.#dataDir = dataDir;
    this.#shown = shown;
    this.#json = json;
    this.#unsubscribe = supervisor.onChange(() => this.#show());
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS);
    this.#show();
  }

  /** The second ^C says what is pending; the third breaks it off. */
  askedAgain(count: number): void {
    if (count > 2) {
      this.#shown.notice = 'Forced: what was in flight is tried again by its clients.';
      this.#supervisor.force();
      return this.#show();
    }
    this.#shown.notice = 'Stopping; work in flight is being finished. Press ^C once more to break it off.';
    this.#show();
    void this.#supervisor.core.call('ping', { sequence: 0 }, REFRESH_MS).then(
      ({ queueDepth, clients }) => {
        this.#shown.notice = `Stopping; ${clients} clients, ${queueDepth} commands wait. ^C once more breaks it off.`;
        this.#show();
      },
      () => undefined, // it no longer answers: the notice above stays
    );
  }

  end(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    this.#show();
  }

  async #refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      await this.#supervisor.core.refresh(REFRESH_MS);
      if (this.#needsCode && this.#supervisor.status().state === 'running') await this.#refreshJoinCode();
      this.#show();
    } finally {
      this.#refreshing = false;
    }
  }

  async #refreshJoinCode(): Promise<void> {
    const { core } = this.#supervisor;
    try {
      const { devices } = await core.call('devices.list', {});
      // This PC's dashboard pairs itself: no person has got in by it.
      const ownDeviceId = dashboardDeviceId(this.#dataDir);
      if (devices.some(({ deviceId }) => deviceId !== ownDeviceId)) {
        this.#needsCode = false;
        this.#joinCode = null;
      } else if (this.#joinCode === null || this.#joinCode.expiresAt <= Date.now()) {
        this.#joinCode = await core.call('pair', {});
      }
    } catch {
      // a core that is just going down: the next turn asks again
    }
  }

  #show(): void {
    const status = this.#supervisor.status();
    if (this.#joinCode === null && this.#needsCode && status.state === 'running') void this.#refreshSoon();
    const notice = this.#shown.notice ?? describeDown(this.#supervisor);
    const view = {
      status,
      logsFolder: join(this.#dataDir, 'logs'),
      joinCode: this.#joinCode,
      notice,
      now: Date.now(),
    };
    if (this.#json) console.log(JSON.stringify(status));
    else this.#output.show(view);
  }

  /** The first code is wanted with the first picture of the running server, not two seconds later. */
  async #refreshSoon(): Promise<void> {
    if (!this.#refreshing) await this.#refresh();
  }
}

/** Why there is no core at the moment, unless it was stopped on purpose. */
function describeDown({ core: { lifecycle } }: Supervisor): string | null {
  const { phase, lastDeath } = lifecycle;
  if (lastDeath === null || (phase !== 'waiting' && phase !== 'stopped')) return null;
  const next = phase === 'waiting' ? 'it is started again' : '`masala-server restart` tries again';
  return `The core died (${lastDeath.cause}); ${next}.`;
}
