// A real file system of a few megabytes (a tmpfs), for tests and campaigns that fill a disk.
//
// Mounting needs the right to. Where this process lacks it, a user namespace of its own may give it: then the whole program
// runs again inside of one (`inOwnNamespace`), together with every process that it starts.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeIf, type Requirement } from './requires.ts';

const MEBIBYTE = 1024 * 1024;
const checkout = join(import.meta.dirname, '../..');
const jestProgram = join(checkout, 'node_modules/jest/bin/jest.js');
/** As long as the slowest file that runs so, on a busy machine. */
const NAMESPACE_TIMEOUT_MS = 900_000;

/** Who runs in it is root there, and may mount; its mounts vanish with its last process. */
const NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount', '--'] as const;

/** Mounting, in this process or in a user namespace. */
export const smallFileSystem: Requirement = {
  name: 'the right to mount a tmpfs (root, or user namespaces)',
  isMet: () => mayMount() || namespaceMayMount(),
};

/** Whether this process may mount. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'masala-mount-'));
  try {
    if (spawnSync('mount', tmpfsAt(folder, 1), { stdio: 'ignore' }).status !== 0) return false;
    unmount(folder);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function namespaceMayMount(): boolean {
  const [command, ...flags] = NAMESPACE;
  return spawnSync(command, [...flags, 'mount', ...tmpfsAt(tmpdir(), 1)], { stdio: 'ignore' }).status === 0;
}

/** A command line that runs a program of Node's where it may mount. */
export function inOwnNamespace(...args: readonly string[]): readonly [string, ...string[]] {
  return [...NAMESPACE, process.execPath, ...args];
}

export class SmallFileSystem {
  readonly path: string;
  readonly #filler: string;
  #filled = 0;
  readonly #onExit = () => this.remove();

  /** Mounts it at a folder, which is made. Throws where this process may not. */
  constructor(path: string, megabytes: number) {
    this.path = path;
    this.#filler = join(path, 'filler');
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { status, stderr } = spawnSync('mount', tmpfsAt(path, megabytes), { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mount ended with ${status}: ${stderr}`);
    // A run that breaks off leaves no mount behind.
    process.on('exit', this.#onExit);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Lets a file of no meaning grow until only so many bytes are free (0: until not one byte more can be written). */
  fill(leaveBytes = 0): void {
    const file = openSync(this.#filler, 'a');
    try {
      for (let bytes = MEBIBYTE; bytes >= 1; bytes = Math.floor(bytes / 2)) {
        while (this.freeBytes - bytes >= leaveBytes && wrote(file, bytes)) this.#filled += bytes;
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives back all that `fill` took. */
  empty(): void {
    rmSync(this.#filler, { force: true });
    this.#filled = 0;
  }

  /** Bytes that `fill` took and `empty` did not yet give back. */
  get filledBytes(): number {
    return this.#filled;
  }

  /** Unmounts it, whoever still has a file of it open, and removes the folder. */
  remove(): void {
    process.off('exit', this.#onExit);
    unmount(this.path);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Whether at least a part of it was taken. */
function wrote(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

function tmpfsAt(path: string, megabytes: number): string[] {
  return ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'masala-test', path];
}

function unmount(path: string): void {
  spawnSync('umount', ['--lazy', path], { stdio: 'ignore' });
}

/**
 * `describe`, where this process may mount. Where only a namespace may, the whole test file runs in one, as one test; and
 * where neither does, it is skipped and says so.
 *
 * @param file the test file: `import.meta.filename`
 */
export function describeOnSmallFileSystem(file: string, name: string, body: () => void): void {
  if (mayMount()) return void describe(name, body);
  describeIf(smallFileSystem, name, () => {
    test(
      'in a user namespace',
      () => {
        const [command, ...args] = inOwnNamespace('--experimental-vm-modules', jestProgram, file);
        const { status, stderr } = spawnSync(command, args, { cwd: checkout, encoding: 'utf8' });
        expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      },
      NAMESPACE_TIMEOUT_MS,
    );
  });
}
