// Tests that need more than Node (another program, another kernel's feature): said aloud where it is missing, and
// never skipped in the CI, which sets MASALA_REQUIRE=all (but for Electron, whose program no CI of ours can have).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a test needs from its surroundings. */
export interface Requirement {
  /** As it reads in "needs …": `python3 with msgpack`. */
  readonly name: string;
  /** Whether it is there; asked once, when the test file is loaded. */
  readonly isMet: () => boolean;
  /** It cannot be had from a package registry, so the CI may be without it: also there the tests are then skipped. */
  readonly isOptional?: true;
}

/** A program on the PATH that answers `PROGRAM ARGS` with exit code 0, such as `program('gcc', '--version')`. */
export function program(command: string, ...args: string[]): Requirement {
  return {
    name: [command, ...args].join(' '),
    isMet: () => spawnSync(command, args, { stdio: 'ignore' }).status === 0,
  };
}

/** Linux, for what only its kernel has (signals that stop, /proc, flock). */
export const linux: Requirement = { name: 'Linux', isMet: () => process.platform === 'linux' };

/** A C compiler, for the layer of the fault campaigns (Debian: gcc libc6-dev). */
export const cCompiler: Requirement = program('cc', '--version');

/** The right to change user, mount or make network namespaces. */
export const root: Requirement = { name: 'to run as root', isMet: () => process.getuid?.() === 0 };

/** Debian's own Python second: where another stands before it on the PATH, only this one has Debian's packages. */
const pythons = ['python3', '/usr/bin/python3'];

/** A Python 3 with the msgpack module (Debian: python3 python3-msgpack); undefined where there is none. */
export function pythonWithMsgpackPath(): string | undefined {
  return pythons.find((python) => program(python, '-c', 'import ssl, msgpack').isMet());
}

/** Python 3 with its msgpack module, at `pythonWithMsgpackPath()`. */
export const pythonWithMsgpack: Requirement = {
  name: 'python3 with msgpack',
  isMet: () => pythonWithMsgpackPath() !== undefined,
};

/** Electron's program; undefined where its package was installed without it, since it is downloaded separately. */
export function electronPath(): string | undefined {
  const packageFolder = join(import.meta.dirname, '../../node_modules/electron');
  const namePath = join(packageFolder, 'path.txt');
  const name = existsSync(namePath) ? readFileSync(namePath, 'utf8').trim() : 'electron';
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(packageFolder, 'dist'), name);
  return existsSync(path) ? path : undefined;
}

/** Electron, at `electronPath()`. */
export const electron: Requirement = {
  name: "Electron's program (npx install-electron, or ELECTRON_OVERRIDE_DIST_PATH)",
  isMet: () => electronPath() !== undefined,
  isOptional: true,
};

/** A screen, be it Xvfb's. */
export const screen: Requirement = {
  name: 'a screen (DISPLAY)',
  isMet: () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY),
};

/**
 * `describe`, where the surroundings allow it. Elsewhere its tests are skipped and the reason is printed; with
 * MASALA_REQUIRE=all a missing requirement is a failed test, so that no CI is green by skipping, but for optional ones.
 *
 * @param requirement one or several, all needed
 * @param name of the group, as in `describe`
 * @param body of the group, as in `describe`
 */
export function describeIf(
  requirement: Requirement | readonly Requirement[],
  name: string,
  body: () => void,
): void {
  const missing = [requirement].flat().filter((one) => !one.isMet());
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const reason = `${name}: needs ${missing.map((one) => one.name).join(' and ')}`;
  if (process.env.MASALA_REQUIRE === 'all' && !missing.some((one) => one.isOptional)) {
    test(name, () => {
      throw new Error(`${reason}; MASALA_REQUIRE=all allows no skip`);
    });
    return;
  }
  process.stderr.write(`skipped: ${reason}\n`);
  // biome-ignore lint/suspicious/noSkippedTests: the one place where a test may be skipped, and it says why
  describe.skip(name, body);
}
