// Calls into Windows for the dashboard's window and for its host's process; the only file of this folder that imports koffi.

import { win32 } from 'node:path';
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

/** Enough for the calls below, and given also for processes of other users. */
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
/** The longest path that Windows knows, in characters of two bytes. */
const PATH_MAX_LENGTH = 32_768;
/** A FILETIME counts tenths of microseconds from 1601 on. */
const FILETIMES_A_MS = 10_000n;
const FILETIME_OF_1970_MS = 11_644_473_600_000n;

/** Nulls where Windows does not tell. Throws anywhere but on Windows. */
export function windowsProcess(pid: number): {
  readonly startedAt: number | null;
  readonly program: string | null;
} {
  const kernel = koffi.load('kernel32.dll');
  const openProcess = kernel.func('void *__stdcall OpenProcess(uint32_t access, bool inherit, uint32_t pid)');
  const getProcessTimes = kernel.func(
    'bool __stdcall GetProcessTimes(void *process, void *created, void *exited, void *inKernel, void *inUser)',
  );
  const getProgram = kernel.func(
    'bool __stdcall QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, void *length)',
  );
  const closeHandle = kernel.func('bool __stdcall CloseHandle(void *handle)');
  const handle: unknown = openProcess(PROCESS_QUERY_LIMITED_INFORMATION, false, pid);
  if (!handle) return { startedAt: null, program: null };
  try {
    const [created, ...others] = [0, 1, 2, 3].map(() => Buffer.alloc(8)) as [Buffer, ...Buffer[]];
    const name = Buffer.alloc(2 * PATH_MAX_LENGTH);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(PATH_MAX_LENGTH);
    const isTimeKnown = getProcessTimes(handle, created, ...others) === true;
    const isNameKnown = getProgram(handle, 0, name, length) === true;
    const path = name.toString('utf16le', 0, 2 * length.readUInt32LE());
    return {
      startedAt: isTimeKnown ? msOfFiletime(created.readBigUInt64LE()) : null,
      program: isNameKnown ? win32.basename(path) : null,
    };
  } finally {
    closeHandle(handle);
  }
}

/** UTC milliseconds of a FILETIME. */
export function msOfFiletime(filetime: bigint): number {
  return Number(filetime / FILETIMES_A_MS - FILETIME_OF_1970_MS);
}
