// Electron's main process, a host of the dashboard: wires the window, the desk behind it, and the control channel by which
// the tray and a second start reach it. What is decided here stands in decisions.ts.
//
// Started as `electron dist/electron/main.mjs --masala-data-dir=DIR [--masala-path=/exit]`; ends with 0, with 2 when it
// was started wrongly, with 5 when another host of this data directory runs.

import { join } from 'node:path';
import {
  type ControlServer,
  controlToken,
  dashboardControl,
  dataDirHash,
  endpointToServe,
  hasErrorCode,
  serveControl,
} from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import {
  app,
  type BrowserWindow,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  Menu,
  Notification,
  protocol,
  type Session,
  session,
} from 'electron';
import manifest from '../../package.json' with { type: 'json' };
import { hostLog } from '../browser-host/host-log.ts';
import { readStaticFiles } from '../browser-host/static-files.ts';
import { announce, withdraw } from '../host/announcement.ts';
import { Desk } from '../host/desk.ts';
import { channels } from './channels.ts';
import {
  APP_SCHEME,
  addressOf,
  onLook,
  onOpen,
  onPageGone,
  onPermission,
  onRequest,
  onSecondInstance,
  onWindowClose,
  readCommandLine,
  type Sender,
  type StartWishes,
} from './decisions.ts';
import { Notifications } from './notifications.ts';
import { answerPageRequest } from './page-protocol.ts';
import { BridgeServer } from './serve-bridge.ts';
import { bringToFront, confine, goTo, makeWindow } from './window.ts';

/** The end of the server is told five seconds long; to notice it within one is soon enough. */
const SERVER_LOOK_MS = 1_000;

/** Built beside this file: dist/electron/. */
const preloadPath = join(import.meta.dirname, 'preload.cjs');
const pageFolder = join(import.meta.dirname, '..');

/** Nothing of the browser is at the page's service but showing it. */
function closeSession(own: Session): void {
  own.setPermissionRequestHandler((_contents, permission, answer) => answer(onPermission(permission)));
  own.setPermissionCheckHandler((_contents, permission) => onPermission(permission));
  own.setDevicePermissionHandler(({ deviceType }) => onPermission(deviceType));
  own.setSpellCheckerEnabled(false);
  own.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: onRequest(url) === 'deny' }));
  own.on('will-download', (event) => event.preventDefault());
}

class DashboardHost {
  readonly #wishes: StartWishes;
  readonly #desk: Desk;
  readonly #bridge: BridgeServer;
  readonly #window: BrowserWindow;
  readonly #notifications: Notifications;
  #control: ControlServer | undefined;
  #isEnding = false;
  #stoppedSince: number | undefined;
  #looks: NodeJS.Timeout | undefined;
  #pageDeaths: number[] = [];

  constructor(wishes: StartWishes) {
    this.#wishes = wishes;
    this.#desk = new Desk({ dataDir: wishes.dataDir });
    this.#bridge = new BridgeServer(this.#desk, hostLog);
    this.#window = makeWindow({
      preloadPath,
      facts: { kind: 'electron', platform: process.platform, version: manifest.version },
      withDevTools: !app.isPackaged,
    });
    this.#notifications = new Notifications({
      platform: process.platform,
      isSupported: () => Notification.isSupported(),
      make: (look) => new Notification(look),
      onClick: () => this.#show(null),
    });
  }

  /** Rejects with EADDRINUSE where another host serves the data directory. */
  async begin(): Promise<void> {
    await this.#serveControl();
    this.#serveBridge();
    this.#watchWindow();
    app.on('second-instance', (_event, _argv, _folder, wishes) => this.#show(onSecondInstance(wishes)));
    app.on('before-quit', () => {
      this.#isEnding = true;
    });
    this.#looks = setInterval(() => this.#lookAtServer(performance.now()), SERVER_LOOK_MS);
    this.#goTo(addressOf(this.#wishes.path));
  }

  /** Gives everything back; the server runs on. */
  async end(): Promise<void> {
    clearInterval(this.#looks); // there is no window any more to look at
    this.#bridge.leave();
    this.#desk.close();
    withdraw(this.#wishes.dataDir, hostLog);
    await this.#control?.close();
  }

  async #serveControl(): Promise<void> {
    const { dataDir } = this.#wishes;
    const endpoint = endpointToServe(dataDir, dashboardControl);
    this.#control = await serveControl({
      endpoint,
      token: controlToken(dataDir),
      log: hostLog,
      handlers: {
        open: ({ path }) => {
          this.#show(onOpen(path));
          return { pid: process.pid, page: null };
        },
        notify: async (asked) => {
          await this.#notifications.show(asked);
          return {};
        },
        close: () => {
          // After the answer is on its way.
          setImmediate(() => app.quit());
          return {};
        },
      },
    });
    announce(dataDir, endpoint.address, hostLog);
  }

  #serveBridge(): void {
    ipcMain.handle(channels.door, (event, message: unknown) =>
      this.#bridge.answer(this.#senderOf(event), message),
    );
    ipcMain.on(channels.listen, (event) => {
      const { sender } = event;
      this.#bridge.listen(this.#senderOf(event), (told) => {
        if (!sender.isDestroyed()) sender.send(channels.event, told);
      });
    });
  }

  #show(address: string | null): void {
    if (address !== null) this.#goTo(address);
    bringToFront(this.#window);
  }

  #goTo(address: string): void {
    void goTo(this.#window, address, (error) => hostLog('dashboard.fault', { error }));
  }

  #senderOf(event: IpcMainEvent | IpcMainInvokeEvent): Sender | null {
    const { sender, senderFrame } = event;
    if (senderFrame === null) return null;
    return {
      address: senderFrame.url,
      isTopFrame: senderFrame.parent === null,
      isOwnWindow: !this.#window.isDestroyed() && sender === this.#window.webContents,
    };
  }

  #watchWindow(): void {
    this.#window.once('ready-to-show', () => bringToFront(this.#window));
    this.#window.on('close', (event) => {
      const isServerStopped = this.#desk.isServerStopped();
      if (onWindowClose({ isEnding: this.#isEnding, isServerStopped }) === 'close') return;
      event.preventDefault();
      this.#window.hide();
      void this.#desk.windowHidden();
    });
    this.#window.on('session-end', () => {
      this.#isEnding = true; // Windows logs off, and waits for nobody
    });
    this.#window.webContents.on('render-process-gone', (_event, { reason }) => this.#pageGone(reason));
  }

  #pageGone(reason: string): void {
    const now = performance.now();
    hostLog('dashboard.window.gone', { reason });
    this.#bridge.leave();
    this.#pageDeaths = [...this.#pageDeaths, now];
    if (onPageGone({ reason, diedAt: this.#pageDeaths, now }) === 'end') return app.quit();
    this.#window.webContents.reload();
  }

  #lookAtServer(now: number): void {
    const isServerStopped = this.#desk.isServerStopped();
    this.#stoppedSince = isServerStopped ? (this.#stoppedSince ?? now) : undefined;
    const stoppedForMs = now - (this.#stoppedSince ?? now);
    const isWindowVisible = this.#window.isVisible();
    const isFound = this.#control?.stands() !== false;
    if (onLook({ isFound, isServerStopped, isWindowVisible, stoppedForMs }) === 'end') app.quit();
  }
}

/** Everything after Electron is ready, up to the page being shown. */
async function run(wishes: StartWishes): Promise<void> {
  Menu.setApplicationMenu(null);
  closeSession(session.defaultSession);
  const files = readStaticFiles(pageFolder);
  protocol.handle(APP_SCHEME, (request) => answerPageRequest(files, request));
  const host = new DashboardHost(wishes);
  app.once('will-quit', (event) => {
    event.preventDefault();
    void host.end().finally(() => app.exit(exitCodes.OK.code));
  });
  await host.begin();
}

function begin(): void {
  const wishes = readCommandLine(process.argv);
  if (wishes === null) {
    process.stderr.write('The dashboard is started by `masala-server open`.\n');
    return app.exit(exitCodes.USAGE.code);
  }
  // Electron would show a dialog and go on; what is broken ends, and the next `open` starts it anew.
  process.on('uncaughtException', (error) => {
    hostLog('dashboard.fault', { error });
    app.exit(exitCodes.FAULT.code);
  });
  app.enableSandbox();
  app.setName('Masala');
  app.setAppUserModelId('Masala.Dashboard');
  // A folder of its own for each data directory: the lock that makes a second start the first one's is in there.
  app.setPath('userData', join(app.getPath('appData'), 'Masala Dashboard', dataDirHash(wishes.dataDir)));
  // The page needs no network, and the server PC may have none: Chromium is not to look for updates of its own.
  app.commandLine.appendSwitch('disable-background-networking');
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
  // The first one hears of this start, and comes to the front.
  if (!app.requestSingleInstanceLock({ path: wishes.path })) return app.exit(exitCodes.OK.code);
  app.on('web-contents-created', (_event, contents) => {
    confine(contents, (address) => hostLog('dashboard.request.refused', { address }));
  });
  void app.whenReady().then(async () => {
    try {
      await run(wishes);
    } catch (error) {
      // Whoever started this one finds the other host.
      if (hasErrorCode(error, 'EADDRINUSE')) return app.exit(exitCodes.ALREADY_RUNNING.code);
      hostLog('dashboard.fault', { error });
      app.exit(exitCodes.FAULT.code);
    }
  });
}

begin();
