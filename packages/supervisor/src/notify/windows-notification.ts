// A notification on Windows: a program of its own that puts an icon beside the clock, lets it speak, and takes it away again.
// Windows 10 and later show that as a toast. No script host is asked: those are what virus scanners stop.

import { setTimeout as pause } from 'node:timers/promises';
import koffi from 'koffi';

/** Windows shows a toast for 5 s, and takes it away with its icon. */
const SHOWN_MS = 8_000;

/** NOTIFYICONDATAW of shellapi.h, for 64 bits. */
export const notifyIconData = koffi.struct('NOTIFYICONDATAW', {
  cbSize: 'uint32_t',
  hWnd: 'void *',
  uID: 'uint32_t',
  uFlags: 'uint32_t',
  uCallbackMessage: 'uint32_t',
  hIcon: 'void *',
  szTip: koffi.array('char16_t', 128, 'String'),
  dwState: 'uint32_t',
  dwStateMask: 'uint32_t',
  szInfo: koffi.array('char16_t', 256, 'String'),
  uVersion: 'uint32_t',
  szInfoTitle: koffi.array('char16_t', 64, 'String'),
  dwInfoFlags: 'uint32_t',
  guidItem: koffi.array('uint32_t', 4),
  hBalloonIcon: 'void *',
});

const NIM_ADD = 0;
const NIM_DELETE = 2;
const NIF_ICON = 2;
const NIF_TIP = 4;
const NIF_INFO = 16;
const NIIF_INFO = 1;
const NIIF_WARNING = 2;
/** The parent of windows that are never seen. */
const HWND_MESSAGE = -3;
const IDI_INFORMATION = 32_516;

/** What the icon says; texts that are too long for Windows are cut. */
export function iconSpeech(title: string, body: string, isCritical: boolean) {
  return {
    cbSize: koffi.sizeof(notifyIconData),
    uID: 1,
    uFlags: NIF_ICON | NIF_TIP | NIF_INFO,
    uCallbackMessage: 0,
    szTip: 'Masala',
    dwState: 0,
    dwStateMask: 0,
    szInfo: body.slice(0, 255),
    uVersion: 0,
    szInfoTitle: title.slice(0, 63),
    dwInfoFlags: isCritical ? NIIF_WARNING : NIIF_INFO,
    guidItem: [0, 0, 0, 0],
    hBalloonIcon: null,
  };
}

async function speak(title: string, body: string, isCritical: boolean): Promise<void> {
  const user = koffi.load('user32.dll');
  const shell = koffi.load('shell32.dll');
  const createWindow = user.func(
    'void *__stdcall CreateWindowExW(uint32_t, str16, str16, uint32_t, int, int, int, int, intptr_t, void *, void *, void *)',
  );
  const loadIcon = user.func('void *__stdcall LoadIconW(void *, intptr_t)');
  const notifyIcon = shell.func('bool __stdcall Shell_NotifyIconW(uint32_t, NOTIFYICONDATAW *)');
  const window: unknown = createWindow(0, 'STATIC', 'Masala', 0, 0, 0, 0, 0, HWND_MESSAGE, null, null, null);
  const icon = {
    ...iconSpeech(title, body, isCritical),
    hWnd: window,
    hIcon: loadIcon(null, IDI_INFORMATION) as unknown,
  };
  if (notifyIcon(NIM_ADD, icon) !== true) throw new Error('Shell_NotifyIconW refused');
  await pause(SHOWN_MS);
  notifyIcon(NIM_DELETE, icon);
}

if (import.meta.main) {
  const [title = '', body = '', urgency] = process.argv.slice(2);
  await speak(title, body, urgency === 'critical');
}
