// Calls into Windows's user32 for the dashboard's window; the only file of this folder that imports koffi.

import koffi from 'koffi';
import type { DesktopWindows } from './bring-to-front.ts';

/** Opaque: only handed on. */
type Handle = unknown;

/** The windows of this PC. Throws anywhere but on Windows. */
export function windowsDesktop(): DesktopWindows<Handle> {
  const user = koffi.load('user32.dll');
  const findWindow = user.func('void *__stdcall FindWindowW(str16 className, str16 title)');
  const isIconic = user.func('bool __stdcall IsIconic(void *window)');
  const showWindow = user.func('bool __stdcall ShowWindow(void *window, int command)');
  const setForegroundWindow = user.func('bool __stdcall SetForegroundWindow(void *window)');
  return {
    find: (className, title) => findWindow(className, title) as Handle,
    isMinimized: (window) => isIconic(window) === true,
    show: (window, command) => void showWindow(window, command),
    raise: (window) => setForegroundWindow(window) === true,
  };
}
