// A second start on Windows brings the dashboard's window to the front itself: Windows lets only that program do it to which the
// person has just turned, and that is the one they started. Elsewhere the dashboard's host does it.

import { setTimeout as pause } from 'node:timers/promises';

/** What is asked of a desktop's windows. `Handle` is opaque. */
export interface DesktopWindows<Handle> {
  /** A falsy handle where there is none. */
  find(className: string, title: string): Handle;
  isMinimized(window: Handle): boolean;
  show(window: Handle, command: number): void;
  /** Whether the system allowed it. */
  raise(window: Handle): boolean;
}

/** The window's title alone would fit a folder of that name in the file manager, too. */
const DASHBOARD = { className: 'Chrome_WidgetWin_1', title: 'Masala' } as const;
/** ShowWindow's commands: a minimized window gets its size back, a hidden one is shown as it was. */
const SW_RESTORE = 9;
const SW_SHOW = 5;

export type BroughtToFront = 'raised' | 'refused' | 'absent';

/** Brings the dashboard's window to the front, if it has one of its own. */
export function bringToFront<Handle>(windows: DesktopWindows<Handle>): BroughtToFront {
  const window = windows.find(DASHBOARD.className, DASHBOARD.title);
  if (!window) return 'absent';
  windows.show(window, windows.isMinimized(window) ? SW_RESTORE : SW_SHOW);
  return windows.raise(window) ? 'raised' : 'refused';
}

/** The first start is asked for the window at the same time: one that it opens anew takes a moment. */
const LOOKS = 12;
const BETWEEN_LOOKS_MS = 250;

/** On Windows, and there for 3 s at most; nothing happens where the dashboard is in a browser. Never rejects. */
export async function raiseDashboard(platform: NodeJS.Platform): Promise<void> {
  if (platform !== 'win32') return;
  try {
    const { windowsDesktop } = await import('./windows-desktop.ts');
    const windows = windowsDesktop();
    for (let look = 0; look < LOOKS; look++) {
      if (bringToFront(windows) !== 'absent') return;
      await pause(BETWEEN_LOOKS_MS);
    }
  } catch {
    // a convenience only: the message that follows says where the server runs
  }
}
