// What Electron's main process decides, apart from Electron: each rule takes what it must know and tells what to do.

import { resolve } from 'node:path';
import type { DashboardControl, ParamsOf } from '@masala/protocol/control';

/** The page's address: a scheme of our own, so that no file and no site of the network is the same origin. */
export const APP_SCHEME = 'app';
const APP_HOST = 'masala';
export const PAGE_URL = `${APP_SCHEME}://${APP_HOST}/`;

/** Long enough to read that the server has stopped, short enough not to be taken for a hang. */
const STOPPED_SHOWN_MS = 5_000;

/** One death is chance and two are bad luck; the third within a minute will be followed by a fourth. */
const PAGE_DEATHS_MAX = 3;
const PAGE_DEATHS_WINDOW_MS = 60_000;

/** A route of the page: `/`, `/exit`, `/items/by-name`. */
const route = /^\/(?:[a-z0-9]+(?:-[a-z0-9]+)*(?:\/|$))*$/;
/** No route is nearly as long. */
const ROUTE_MAX_LENGTH = 200;

/** Whether an address is one of the page's: of our scheme and host, with no user and no port in front of it. */
export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  // Compared part by part: Node gives every scheme of an app's own the origin "null".
  return (
    url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST && url.username === '' && url.password === ''
  );
}

/** Where the window goes for a route; to the first page when it is none, since it may come from a command line. */
export function addressOf(path: string | undefined): string {
  if (path === undefined || path.length > ROUTE_MAX_LENGTH || !route.test(path)) return PAGE_URL;
  return `${PAGE_URL}#${path}`;
}

/** What X does. The server runs on, and so does the window's process, unless there is no server any more. */
export function onWindowClose(state: {
  /** The process is ending: somebody asked it to, or the session of the desktop ends. */
  readonly isEnding: boolean;
  readonly isServerStopped: boolean;
}): 'close' | 'hide' {
  return state.isEnding || state.isServerStopped ? 'close' : 'hide';
}

/** Whether the process ends: since nobody finds it any more, or the server was stopped on purpose and nobody reads that. */
export function onLook(state: {
  /** Its control socket stands: else the next `open` starts another host, and this one would stay behind. */
  readonly isFound: boolean;
  readonly isServerStopped: boolean;
  readonly isWindowVisible: boolean;
  /** Since the first look that found the server stopped. */
  readonly stoppedForMs: number;
}): 'stay' | 'end' {
  if (!state.isFound) return 'end';
  if (!state.isServerStopped) return 'stay';
  return !state.isWindowVisible || state.stoppedForMs >= STOPPED_SHOWN_MS ? 'end' : 'stay';
}

/** What a start was asked for. */
export interface StartWishes {
  readonly dataDir: string;
  /** Which page. */
  readonly path: string | undefined;
}

/** Reads `--masala-data-dir=DIR [--masala-path=/exit]` among Electron's own arguments; null when it names no data directory. */
export function readCommandLine(argv: readonly string[]): StartWishes | null {
  const option = (name: string) =>
    argv.find((argument) => argument.startsWith(`--masala-${name}=`))?.slice(`--masala-${name}=`.length);
  const dataDir = option('data-dir');
  if (dataDir === undefined || dataDir === '') return null;
  return { dataDir: resolve(dataDir), path: option('path') };
}

/** Where the window goes when it is asked to show itself; null: it stays where somebody may be at work. */
export function onOpen(path: string | undefined): string | null {
  return path === undefined || path === '/' ? null : addressOf(path);
}

/**
 * Where the window goes when a second start brings it to the front; null: it stays where it is. `wishes` are that start's,
 * and come from another process.
 */
export function onSecondInstance(wishes: unknown): string | null {
  if (typeof wishes !== 'object' || wishes === null || !('path' in wishes)) return null;
  return typeof wishes.path === 'string' ? onOpen(wishes.path) : null;
}

/** A notification as it is asked for over the control channel. */
export type AskedNotification = ParamsOf<DashboardControl, 'notify'>;

/** What Electron makes a notification of; null where the desktop shows none. */
export function onNotify(
  { title, body, urgency }: AskedNotification,
  desktop: { readonly platform: NodeJS.Platform; readonly isSupported: boolean },
): NotificationLook | null {
  if (!desktop.isSupported) return null;
  const timeoutType = urgency === 'critical' ? 'never' : 'default';
  return { title, body: desktop.platform === 'linux' ? plainBody(body) : body, urgency, timeoutType };
}

export interface NotificationLook {
  readonly title: string;
  readonly body: string;
  readonly urgency: 'normal' | 'critical';
  readonly timeoutType: 'default' | 'never';
}

/** Desktops of Linux read the body as markup, and Electron hands it on as it is. */
function plainBody(body: string): string {
  return body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The window goes nowhere but to the page itself (a reload; routes are fragments and no navigation), and no frame anywhere. */
export function onNavigation(to: {
  readonly address: string;
  readonly isTopFrame: boolean;
}): 'allow' | 'deny' {
  return to.isTopFrame && isOwnAddress(to.address) ? 'allow' : 'deny';
}

/** What the window may fetch: files of the page. Even a page that was taken over reaches no network. */
export function onRequest(address: string): 'allow' | 'deny' {
  return isOwnAddress(address) ? 'allow' : 'deny';
}

/**
 * Every window that the page would open, and every address that it would hand to another program, is refused: the page
 * has no links out of the house.
 */
export function onWindowOpen(_address: string): { readonly action: 'deny' } {
  return { action: 'deny' };
}

/**
 * Camera, place, devices, notifications, reading the clipboard: the page needs none of it, so nobody gets any of it. Writing plain
 * text into the clipboard, after a click, is what copies a join code.
 */
export function onPermission(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}

/** Who sent a message to main. */
export interface Sender {
  /** The frame's present address. */
  readonly address: string;
  readonly isTopFrame: boolean;
  /** Of the one window that there is. */
  readonly isOwnWindow: boolean;
}

/** Only our page in our window is answered; null is a frame that is gone. */
export function isSenderTrusted(sender: Sender | null): boolean {
  return sender?.isOwnWindow === true && sender.isTopFrame && isOwnAddress(sender.address);
}

/** After the window's process died: it is made anew, but a page that dies at each start is given up. */
export function onPageGone(state: {
  readonly reason: string;
  readonly diedAt: readonly number[];
  readonly now: number;
}): 'reload' | 'end' {
  if (state.reason === 'clean-exit') return 'end';
  const recent = state.diedAt.filter((at) => state.now - at < PAGE_DEATHS_WINDOW_MS);
  return recent.length >= PAGE_DEATHS_MAX ? 'end' : 'reload';
}
