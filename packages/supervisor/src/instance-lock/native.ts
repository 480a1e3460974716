// Calls into the system's libraries; the only file of the supervisor that imports koffi.

import koffi from 'koffi';

const LOCK_EXCLUSIVE = 2;
const LOCK_NONBLOCKING = 4;

/** flock(2) on an open file: true when the lock is ours, false when another process has it. */
export function flockExclusive(file: number): boolean {
  // Null means the symbols of this process: its C library, whatever its name is.
  const flock = koffi.load(null).func('int flock(int, int)');
  if (flock(file, LOCK_EXCLUSIVE | LOCK_NONBLOCKING) === 0) return true;
  const code = koffi.errno();
  if (code === koffi.os.errno.EWOULDBLOCK || code === koffi.os.errno.EAGAIN) return false;
  throw new Error(`flock failed with errno ${code}`);
}

const ERROR_ACCESS_DENIED = 5;
const ERROR_ALREADY_EXISTS = 183;

/**
 * CreateMutexW: a function that closes the handle, or null when the name exists already. ACCESS_DENIED means that
 * another user's process made it.
 */
export function createNamedMutex(name: string): (() => void) | null {
  const kernel = koffi.load('kernel32.dll');
  const createMutex = kernel.func(
    'void *__stdcall CreateMutexW(void *attributes, bool initialOwner, str16 name)',
  );
  const closeHandle = kernel.func('bool __stdcall CloseHandle(void *handle)');
  const getLastError = kernel.func('uint32_t __stdcall GetLastError()');
  const handle: unknown = createMutex(null, false, name);
  const code: unknown = getLastError();
  if (handle === null) {
    if (code === ERROR_ACCESS_DENIED) return null;
    throw new Error(`CreateMutexW failed with error ${String(code)}`);
  }
  if (code === ERROR_ALREADY_EXISTS) {
    closeHandle(handle);
    return null;
  }
  return () => void closeHandle(handle);
}
