// The last acknowledged commands of this PC, on its own disk: what it can send again when the server was restored without them.
//
// Files `000001.log`, `000002.log`, … of one line a command. A line begins with its line feed, so that one torn by a kill or
// a full disk harms only itself, and bears a checksum. Every process of the PC appends whole lines to the newest file
// (O_APPEND orders them); whoever finds it full begins the next and removes all but these two. So nobody ever rewrites,
// renames or locks what another one writes, and between 10,000 and 20,000 commands are there.
//
// A line is written before its caller hears of the answer, but synced within a second only: kill and crash of a program
// take nothing from the system's cache, so only a power cut of this PC within the second *and* a restore of the server
// that lost the same command would lose it. A sync for each would cost every save as much again as the server's own.

import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { definitionOf, isMethodName, limits, type WriteName } from '@masala/protocol';
import { isWriteName } from '../calls.ts';
import type { Clock } from '../clock.ts';
import { withoutSecrets } from './secrets.ts';

export interface AcknowledgedCommand {
  readonly commandId: string;
  readonly method: WriteName;
  /** Without `commandId`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly result: unknown;
  /** UTC milliseconds by this PC's clock. */
  readonly acknowledgedAt: number;
  /** The server's epoch that acknowledged it. */
  readonly epoch: string;
}

export interface KeptCommand extends AcknowledgedCommand {
  /** What it was answered before it was sent again, oldest first: other commands may name these records. */
  readonly earlierResults: readonly unknown[];
}

export interface KeptCommandsOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** A command could not be written down: it is booked all the same. */
  onTrouble(error: unknown): void;
}

/** As long as a person at the desk may have to type again after a power cut of his own PC. */
const SYNC_AFTER_MS = 1_000;
const FILE_NAME = /^(\d{6,})\.log$/;

interface OpenFile {
  readonly number: number;
  readonly descriptor: number;
  /** As counted when it was opened, and what this process wrote since: others only make it fill up later. */
  lines: number;
  bytes: number;
}

export class KeptCommands {
  readonly #options: KeptCommandsOptions;
  #file: OpenFile | undefined;
  #waiting: { readonly line: string; readonly written: () => void }[] = [];
  #stopSyncing: (() => void) | undefined;

  constructor(options: KeptCommandsOptions) {
    this.#options = options;
  }

  /** Writes a command down and then calls `written`, also where it could not: all of one turn are written at once. */
  add(command: AcknowledgedCommand, written: () => void): void {
    const { input, output } = definitionOf(command.method);
    const { params, result } = command;
    const shown = { params: withoutSecrets(input, params), result: withoutSecrets(output, result) };
    this.#waiting.push({ line: lineOf({ ...command, ...shown }), written });
    if (this.#waiting.length === 1) queueMicrotask(() => this.#flush());
  }

  /** These are offered no more, whatever becomes of the server. Throws where that cannot be written down. */
  letGo(commandIds: readonly string[]): void {
    if (commandIds.length === 0) return;
    this.#append([lineOf({ letGo: commandIds })]);
    if (this.#file !== undefined) fdatasyncSync(this.#file.descriptor);
  }

  /** The newest of them, oldest first, each once. */
  read(): KeptCommand[] {
    const commands = new Map<string, KeptCommand>();
    for (const number of this.#numbers()) {
      for (const entry of readLines(this.#path(number))) take(entry, commands);
    }
    return [...commands.values()].slice(-limits.clientKeptCommandsMax);
  }

  /** Has everything on the disk. More may be added later. */
  close(): void {
    this.#flush();
    const dirty = this.#stopSyncing !== undefined;
    this.#stopSyncing?.();
    this.#stopSyncing = undefined;
    if (this.#file === undefined) return;
    try {
      if (dirty) fdatasyncSync(this.#file.descriptor);
      closeSync(this.#file.descriptor);
    } catch (error) {
      this.#options.onTrouble(error);
    }
    this.#file = undefined;
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      this.#append(waiting.map(({ line }) => line));
    } catch (error) {
      this.#options.onTrouble(error);
    }
    for (const { written } of waiting) written();
  }

  #append(lines: readonly string[]): void {
    const file = this.#usableFile();
    const bytes = Buffer.from(lines.join(''));
    for (let done = 0; done < bytes.length; ) done += writeSync(file.descriptor, bytes, done);
    file.lines += lines.length;
    file.bytes += bytes.length;
    this.#stopSyncing ??= this.#options.clock.after(SYNC_AFTER_MS, () => this.#sync());
  }

  #sync(): void {
    this.#stopSyncing = undefined;
    if (this.#file === undefined) return;
    fdatasync(this.#file.descriptor, (error) => {
      if (error !== null && error.code !== 'EBADF') this.#options.onTrouble(error); // EBADF: closed, synced by that
    });
  }

  /** The newest file, unless it is full: then the next one. */
  #usableFile(): OpenFile {
    const { clientKeptCommandsMax, clientKeptFileMaxBytes } = limits;
    if (this.#file !== undefined && !this.#isNewest(this.#file.number)) this.#leave();
    this.#file ??= this.#open(this.#numbers().at(-1) ?? 1);
    const { lines, bytes, number } = this.#file;
    if (lines < clientKeptCommandsMax && bytes < clientKeptFileMaxBytes) return this.#file;
    this.#leave();
    this.#file = this.#open(number + 1);
    for (const old of this.#numbers()) if (old < number) rmSync(this.#path(old), { force: true });
    return this.#file;
  }

  /** Another process may have begun the next file, and removed this one with the one after. */
  #isNewest(number: number): boolean {
    return existsSync(this.#path(number)) && !existsSync(this.#path(number + 1));
  }

  #leave(): void {
    if (this.#file === undefined) return;
    fdatasyncSync(this.#file.descriptor);
    closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #open(number: number): OpenFile {
    mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
    const path = this.#path(number);
    const descriptor = openSync(path, 'a', 0o600);
    const content = readFileSync(path);
    let lines = 0;
    for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) lines++;
    return { number, descriptor, lines, bytes: content.length };
  }

  #numbers(): number[] {
    const { directory } = this.#options;
    if (!existsSync(directory)) return [];
    const numbers = readdirSync(directory).flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
    return numbers.map(Number).sort((left, right) => left - right);
  }

  #path(number: number): string {
    return join(this.#options.directory, `${String(number).padStart(6, '0')}.log`);
  }
}

type Entry = AcknowledgedCommand | { readonly letGo: readonly string[] };

function lineOf(entry: object): string {
  const json = JSON.stringify(entry);
  return `\n${checksum(json)} ${json}`;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** The whole lines of a file; torn ones are left out. */
function readLines(path: string): Entry[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const json = line.slice(9);
      return json.length > 0 && line.startsWith(`${checksum(json)} `) ? [JSON.parse(json) as Entry] : [];
    });
}

/** A command that was sent again stays where it was in the order, with its newest params and answer. */
function take(entry: Entry, commands: Map<string, KeptCommand>): void {
  if ('letGo' in entry) {
    for (const commandId of entry.letGo) commands.delete(commandId);
    return;
  }
  // A newer version of the program may have kept what this one cannot send.
  if (!isMethodName(entry.method) || !isWriteName(entry.method)) return;
  const before = commands.get(entry.commandId);
  commands.set(entry.commandId, {
    ...entry,
    acknowledgedAt: before?.acknowledgedAt ?? entry.acknowledgedAt,
    earlierResults: before === undefined ? [] : [...before.earlierResults, before.result],
  });
}
