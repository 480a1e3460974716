// What the person at the server PC sees of a supervisor: the tray icon, notifications, and the dashboard when it is asked for.
// Whatever goes wrong here is a line in the log: the supervisor never notices.

import type { StartFlags } from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { notifyThroughDashboard } from './dashboard/notify-through-dashboard.ts';
import { openDashboard } from './dashboard/open-dashboard.ts';
import { hasScreen } from './dashboard/screen.ts';
import type { Log } from './log.ts';
import {
  afterChange,
  afterWindowHidden,
  dashboardUnavailable,
  exitByCommand,
  type NoticeStep,
  type Notification,
  newNoticeMemory,
} from './notify/notices.ts';
import { Notifier } from './notify/notifier.ts';
import type { Supervisor } from './supervisor.ts';
import { Tray } from './tray/tray.ts';
import { trayLook } from './tray/tray-look.ts';

export interface AdminsDeskOptions {
  readonly dataDir: string;
  /** Those of the start: with `--no-tray` the desk shows nothing by itself, neither icon nor notification. */
  readonly flags: StartFlags;
  /** Names the display and the bus. */
  readonly environment: NodeJS.ProcessEnv;
  /** The absolute path of the tray host's program. */
  readonly trayProgram: string;
}

/** The desk of one supervisor. It exists before it, since a second start may ask for it in the supervisor's first instant. */
export class AdminsDesk {
  readonly #options: AdminsDeskOptions;
  #log: Log = () => undefined;
  #tray: Tray | undefined;
  #notifier: Notifier | undefined;
  #memory = newNoticeMemory;
  /** Routes on their way: a person who clicks again, since a slow PC shows nothing yet, gets one page and one host. */
  readonly #opening = new Set<string>();
  #unsubscribe: () => void = () => undefined;

  constructor(options: AdminsDeskOptions) {
    this.#options = options;
  }

  /** Shows what the supervisor's status says, from now on. */
  attend(supervisor: Supervisor): void {
    const { environment, trayProgram, flags } = this.#options;
    this.#log = supervisor.log;
    if (flags.tray === false) return;
    const { platform } = process;
    // A server without a screen would only log that nobody can see what it says.
    if (hasScreen({ platform, environment })) {
      const { dataDir } = this.#options;
      this.#notifier = new Notifier({
        platform,
        environment,
        log: this.#log,
        shownElsewhere: (notification) => notifyThroughDashboard(dataDir, notification),
      });
    }
    this.#tray = new Tray({
      program: trayProgram,
      environment,
      log: this.#log,
      onOpen: () => void this.#openDashboard('/', dashboardUnavailable),
      onExit: () => void this.#openDashboard('/exit', exitByCommand),
    });
    this.#unsubscribe = supervisor.onChange(() => this.#changed(supervisor));
    this.#changed(supervisor);
  }

  /** Somebody started the server a second time. */
  show(): void {
    void this.#openDashboard('/', dashboardUnavailable);
  }

  /** The dashboard's window was closed. */
  windowHidden(): void {
    this.#tell(afterWindowHidden(this.#memory));
  }

  /** Takes the icon away. Never rejects. */
  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#tray?.close();
  }

  #changed(supervisor: Supervisor): void {
    const status = supervisor.status();
    this.#tray?.show(trayLook(status));
    const isGivenUp = supervisor.core.lifecycle.phase === 'stopped';
    this.#tell(afterChange(this.#memory, { status, isGivenUp }, performance.now()));
  }

  #tell({ memory, notifications }: NoticeStep): void {
    this.#memory = memory;
    for (const notification of notifications) void this.#notifier?.show(notification);
  }

  async #openDashboard(path: string, otherwise: Notification): Promise<void> {
    if (this.#opening.has(path)) return;
    this.#opening.add(path);
    await this.#open(path, otherwise);
    this.#opening.delete(path);
  }

  /** Never rejects. */
  async #open(path: string, otherwise: Notification): Promise<void> {
    const { dataDir, environment } = this.#options;
    const surroundings = { platform: process.platform, environment };
    // Nobody would see it; who started the server a second time is told so in that terminal.
    if (!hasScreen(surroundings)) return;
    try {
      const { host, hostPid, isShown, hungHosts } = await openDashboard({ dataDir, path, surroundings });
      if (hungHosts.length > 0) this.#log('dashboard.host.hung', { pids: hungHosts });
      if (isShown) return this.#log('dashboard.opened', { host, hostPid, path });
      this.#log('dashboard.open.failed', { reason: 'no browser could be started', path });
    } catch (error) {
      this.#log('dashboard.open.failed', { ...failureFields(error), path });
    }
    await this.#notifier?.show(otherwise);
  }
}

/** What lies behind an error of the table is in its data. */
function failureFields(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof MasalaError ? { code: error.code, ...error.data } : { reason: String(error) };
}
