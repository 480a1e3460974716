// The dashboard's window: what its page may do, how it looks, and where it may go.

import { hasErrorCode } from '@masala/protocol/control';
import { BrowserWindow, type WebContents, type WebPreferences } from 'electron';
import type { HostFacts } from '../bridge/bridge.ts';
import { FACTS_ARGUMENT } from './channels.ts';
import { onNavigation, onWindowOpen } from './decisions.ts';

/** Most are Electron's defaults; they are written down so that no new default weakens the page unseen. */
const rights = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  plugins: false,
  navigateOnDragDrop: false,
  // Its dictionaries would be fetched from a server of Google's.
  spellcheck: false,
} as const satisfies WebPreferences;

/** Fits on the smallest screen of an office PC, 1366 by 768, with its task bar. */
const size = { width: 1280, height: 720, minWidth: 800, minHeight: 560 } as const;

/** Makes the window, hidden until its page has something to show. */
export function makeWindow(options: {
  readonly preloadPath: string;
  readonly facts: HostFacts;
  readonly withDevTools: boolean;
}): BrowserWindow {
  const window = new BrowserWindow({
    ...size,
    title: 'Masala',
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      ...rights,
      devTools: options.withDevTools,
      preload: options.preloadPath,
      additionalArguments: [`${FACTS_ARGUMENT}${JSON.stringify(options.facts)}`],
    },
  });
  // The page must not change it: a second start finds the window by it.
  window.on('page-title-updated', (event) => event.preventDefault());
  return window;
}

/** Keeps a page, whichever it is, from going or opening anything. */
export function confine(contents: WebContents, onRefused: (address: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    onRefused(url);
    return onWindowOpen(url);
  });
  contents.on('will-frame-navigate', (event) => {
    if (onNavigation({ address: event.url, isTopFrame: event.isMainFrame }) === 'allow') return;
    event.preventDefault();
    onRefused(event.url);
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault(); // the page's files are never elsewhere
    onRefused(event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    onRefused('webview');
  });
}

/** Loads an address of the page. Never rejects: being overtaken by the next one is no failure, everything else is told. */
export async function goTo(
  window: BrowserWindow,
  address: string,
  onFailed: (error: unknown) => void,
): Promise<void> {
  try {
    await window.loadURL(address);
  } catch (error) {
    if (!hasErrorCode(error, 'ERR_ABORTED')) onFailed(error);
  }
}

/** Brings the window to the front. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.moveTop();
  window.focus();
}
