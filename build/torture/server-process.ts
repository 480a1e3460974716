// A real server of a campaign's own: the shipped commands as real processes on a temporary data directory, with a
// hold on each process that is exact enough to kill it.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, MasalaError } from '@masala/protocol';
import {
  type ControlConnection,
  connectControl,
  endpointToCall,
  processLives,
  processStartOf,
  readControlToken,
  readRunFile,
  type ServerStatus,
  type SupervisorControl,
  supervisorControl,
  writeRunFile,
} from '@masala/protocol/control';
import { until } from './waiting.ts';

/** The checkout that this file belongs to. */
export const ownTree = join(import.meta.dirname, '../..');

/** Half of a start's processor time is compiling, and a campaign starts thousands of the same sources. */
const compileCache = join(ownTree, 'node_modules/.cache/masala-test');

export interface ServerOptions {
  /** The source tree that it runs from. */
  readonly tree: string;
  /** `--set` flags: NAME=VALUE; a function gets the campaign's folder, for settings that name one in it. */
  readonly set: readonly string[] | ((folder: string) => readonly string[]);
  /** What is set in its environment on top of ours: supervisor and core inherit it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Shows its icon in the tray of the desktop that `environment` names; else it shows none. */
  readonly tray?: boolean;
}

/** How one of the server's commands ended, and what it said. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly output: string;
}

/** What is said by a supervisor that is just dying, or starting, or not there. */
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONNECTION_LOST',
  'CONTROL_UNREACHABLE',
  'CONTROL_REFUSED',
  'DEADLINE_EXCEEDED',
  'SERVER_STARTING',
]);

type Signal = 'SIGKILL' | 'SIGSTOP' | 'SIGTERM';

export class ServerProcess {
  readonly dataDir: string;
  readonly #options: ServerOptions;
  /** Beside the data directory, since that is the server's alone. */
  readonly #folder: string;
  readonly #started: ChildProcess[] = [];
  #control: ControlConnection<SupervisorControl> | undefined;
  #destroyed = false;
  /** The last resort of a campaign that throws where nobody catches: what it started must not outlive it. */
  readonly #onExit = () => this.#killAll();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'masala-torture-'));
    this.dataDir = join(this.#folder, 'data');
    process.on('exit', this.#onExit);
  }

  /** The campaign's files: data directory, journals, outputs. */
  get folder(): string {
    return this.#folder;
  }

  get outputFile(): string {
    return join(this.#folder, 'server.output');
  }

  /** `masala-server start`, in the background. Returns the process. */
  start(): ChildProcess {
    this.#checkUsable();
    const output = openSync(this.outputFile, 'a');
    const child = spawn(process.execPath, this.#commandLine('start', this.#startFlags()), {
      stdio: ['ignore', output, output],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...this.#options.environment },
    });
    closeSync(output);
    this.#started.push(child);
    return child;
  }

  /** Starts, and waits until it serves. Throws when the command ends before. */
  async startAndServe(): Promise<ServerStatus> {
    const child = this.start();
    return await until(
      () => `the server to serve; its output:\n${this.outputTail()}`,
      async () => {
        const { exitCode } = child;
        if (exitCode !== null)
          throw new Error(`masala-server start ended with ${exitCode}:\n${this.outputTail()}`);
        const status = await this.status();
        // The state is told a moment before the port.
        return status?.state === 'running' && status.port !== null ? status : undefined;
      },
    );
  }

  /** Runs a subcommand to its end, such as `stop` or `status --json`. */
  async run(command: string, ...flags: string[]): Promise<CommandEnd> {
    this.#checkUsable();
    const child = spawn(process.execPath, this.#commandLine(command, flags), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    this.#started.push(child);
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { exitCode, output };
  }

  /** A second `start` on the same data directory, to its end. */
  startAgain(): Promise<CommandEnd> {
    return this.run('start', ...this.#startFlags());
  }

  /** What the supervisor says; null while none answers. */
  async status(): Promise<ServerStatus | null> {
    return await this.ask((control) => control.call('status', {}));
  }

  /** A join code, for a device with the role. */
  async pair(role: 'admin' | 'office'): Promise<string> {
    const { code } = await until(
      'a join code',
      async () => (await this.ask((control) => control.call('pair', { role }))) ?? undefined,
    );
    return code;
  }

  /**
   * Sends a signal to one process of this server. Nothing happens when it is gone. Throws when the pid belongs to
   * another program by now.
   */
  signal(pid: number, signal: Signal): void {
    if (isGone(pid)) return;
    if (process.platform === 'linux') {
      // One look for both: between two it may end.
      const commandLine = commandLineOf(pid);
      if (isEnding(commandLine)) return;
      if (!commandLine.includes(this.dataDir)) throw new Error(`process ${pid} is none of this campaign's`);
    } else if (!this.processes().includes(pid)) throw new Error(`process ${pid} is none of this campaign's`);
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Waits until a process is gone. */
  async gone(pid: number): Promise<void> {
    await until(`process ${pid} to end`, () => (isGone(pid) ? true : undefined));
  }

  /** `masala-server stop`, and then no process is left. Throws with its words when it failed. */
  async stop(): Promise<void> {
    const { exitCode, output } = await this.run('stop');
    if (exitCode !== 0) throw new Error(`masala-server stop ended with ${exitCode}:\n${output}`);
    await until(
      () => `the processes ${this.processes().join(', ')} to end after the stop`,
      () => (this.processes().length === 0 ? true : undefined),
    );
  }

  /** Pids of all that runs on this data directory. */
  processes(): number[] {
    if (process.platform === 'linux') return this.#processesByCommandLine();
    return (['core.json', 'supervisor.json'] as const)
      .map((file) => readRunFile(this.dataDir, file))
      .filter((known) => known !== null && processLives(known.pid, known.processStart))
      .map((known) => Number(known?.pid));
  }

  outputTail(): string {
    try {
      return readFileSync(this.outputFile, 'utf8').slice(-3_000);
    } catch {
      return '(none)'; // nothing was started yet
    }
  }

  /** Kills all that runs on the data directory, and what one of them starts in its last instant; it may start again. */
  async killAll(): Promise<void> {
    this.#control?.close();
    this.#control = undefined;
    await until('all processes of the server to be gone', () => (this.#killAll() === 0 ? true : undefined));
  }

  /** Ends whatever still runs, however it is; call it in any case. Keeps the files where `keep` says so. */
  async destroy({ keep }: { readonly keep: boolean }): Promise<void> {
    this.#destroyed = true;
    await this.killAll();
    process.off('exit', this.#onExit);
    if (!keep) rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Kills whatever runs on the data directory, and returns how many there were. */
  #killAll(): number {
    const wanted = readRunFile(this.dataDir, 'wanted.json');
    if (wanted !== null) writeRunFile(this.dataDir, 'wanted.json', { ...wanted, wanted: 'stopped' });
    for (const child of this.#started) child.kill('SIGKILL');
    const left = this.processes();
    for (const pid of left) this.signal(pid, 'SIGKILL');
    return left.length;
  }

  #commandLine(command: string, flags: readonly string[]): string[] {
    const program = join(this.#options.tree, 'packages/supervisor/src/cli/masala-server.ts');
    // After the names of subcommands, which stand first among the flags.
    return [program, command, ...flags, '--data-dir', this.dataDir];
  }

  #startFlags(): string[] {
    const { set, tray = false } = this.#options;
    const given = typeof set === 'function' ? set(this.#folder) : set;
    const settings = given.flatMap((setting) => ['--set', setting]);
    const noTray = tray ? [] : ['--no-tray'];
    return ['--host', '127.0.0.1', '--port', '0', '--discovery-port', '0', ...noTray, ...settings];
  }

  #checkUsable(): void {
    if (this.#destroyed) throw new Error('the campaign is over');
  }

  /** Asks the supervisor over a connection that is kept; null when it cannot be reached or goes away meanwhile. */
  async ask<Answer>(
    question: (control: ControlConnection<SupervisorControl>) => Promise<Answer>,
  ): Promise<Answer | null> {
    this.#checkUsable();
    try {
      this.#control ??= await this.#connect();
      return this.#control === undefined ? null : await question(this.#control);
    } catch (error) {
      if (!(error instanceof MasalaError) || !UNREACHABLE.has(error.code)) throw error;
      this.#control?.close();
      this.#control = undefined;
      return null;
    }
  }

  async #connect(): Promise<ControlConnection<SupervisorControl> | undefined> {
    const token = readControlToken(this.dataDir);
    if (token === null) return undefined;
    return await connectControl({ endpoint: endpointToCall(this.dataDir, supervisorControl), token });
  }

  #processesByCommandLine(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== process.pid && commandLineOf(pid).includes(this.dataDir));
  }
}

/** Empty for a process that is gone, and one empty text for one that is just ending, or a zombie. */
function commandLineOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has just ended
  }
}

/** Its memory is gone already, and with it the command line by which we would know it as ours. */
function isEnding(commandLine: readonly string[]): boolean {
  return commandLine.join('') === '';
}

/** Nobody may be there to bury the orphans of a killed supervisor: where the kernel tells it, a zombie is gone too. */
function isGone(pid: number): boolean {
  return process.platform === 'linux' ? processStartOf(pid) === null : !processLives(pid, null);
}
