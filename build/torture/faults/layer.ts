// The campaign's hold on faults/layer.c: compiles it, gives the environment that puts it under a program, and sets and
// reads the numbers that it works by, while it works.
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { unwatchedFiles, type WatchedFile, watchedFiles } from './watched-files.ts';

/** The fields of `struct control`, in its order. */
const fields = [
  'operations',
  'cutAfter',
  'frozen',
  'syncDelayUs',
  'failKind',
  'failFrom',
  'failTo',
  'failErrno',
  'failed',
  // `calls`: the first is of no kind
  'none',
  'read',
  'write',
  'sync',
  'open',
  'create',
  'name',
] as const;
type Field = (typeof fields)[number];

/** The kinds of calls that can fail, in the order of `enum call_kind`: `create` is an open that may make a file. */
export const callKinds = ['read', 'write', 'sync', 'open', 'create', 'name'] as const;
export type CallKind = (typeof callKinds)[number];

export const faultCodes = ['EIO', 'ENOSPC'] as const;
export type FaultCode = (typeof faultCodes)[number];

/** Calls that fail: the `from`th to the `to`th of a kind, counted from 1. */
export interface FailingCalls {
  readonly kind: CallKind;
  readonly code: FaultCode;
  readonly from: number;
  readonly to: number;
}

const FIELD_BYTES = 8;
/** Compiling 450 lines takes half a second; on a machine that is busy with everything else, a few. */
const COMPILE_TIMEOUT_MS = 60_000;

/** Compiles the layer into a folder and gives the shared object's path. Throws with the compiler's words. */
export function compileLayer(folder: string): string {
  const shared = join(folder, 'faults-layer.so');
  const source = join(import.meta.dirname, 'layer.c');
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  const { status, error, stderr } = spawnSync('cc', [...flags, '-o', shared, source, '-ldl', '-lpthread'], {
    encoding: 'utf8',
    timeout: COMPILE_TIMEOUT_MS,
  });
  if (error !== undefined)
    throw new Error('the layer needs a C compiler (cc) and libc6-dev', { cause: error });
  if (status !== 0) throw new Error(`faults/layer.c does not compile:\n${stderr}`);
  return shared;
}

export interface LayerOptions {
  /** Holds the control file and the log; outside of the roots. */
  readonly folder: string;
  readonly shared: string;
  /** Absolute, without symbolic links. */
  readonly roots: readonly string[];
  /** Only these files; all of them where it is not given. */
  readonly only?: readonly WatchedFile[];
  /** Whether each change is written down (power). */
  readonly logsOperations: boolean;
}

/** One layer under all processes that are started with its environment. */
export class Layer {
  readonly #options: LayerOptions;
  readonly #control: number;

  constructor(options: LayerOptions) {
    this.#options = options;
    this.#control = openSync(join(options.folder, 'control'), 'w+');
    ftruncateSync(this.#control, fields.length * FIELD_BYTES);
    this.bootAnew();
    this.forgetOperations();
  }

  /** The log of operations. */
  get log(): string {
    return join(this.#options.folder, 'operations');
  }

  get environment(): Readonly<Record<string, string>> {
    const { folder, shared, roots, only = [], logsOperations } = this.#options;
    return {
      LD_PRELOAD: shared,
      MASALA_FAULTS_CONTROL: join(folder, 'control'),
      MASALA_FAULTS_BOOT_ID: this.#bootId,
      MASALA_FAULTS_ROOTS: roots.join(':'),
      MASALA_FAULTS_ONLY: only.flatMap((file) => watchedFiles[file]).join(':'),
      MASALA_FAULTS_EXCEPT: unwatchedFiles.join(':'),
      ...(logsOperations ? { MASALA_FAULTS_LOG: this.log } : {}),
      // Calls that never pass through libc would pass by the layer.
      UV_USE_IO_URING: '0',
    };
  }

  /** Only while no process of the layer runs. */
  forgetOperations(): void {
    writeFileSync(this.log, '');
    for (const field of ['operations', 'cutAfter', 'frozen'] as const) this.#set(field, 0);
  }

  /** The boot id that programs under the layer see from now on is a new one. */
  bootAnew(): void {
    writeFileSync(this.#bootId, `${crypto.randomUUID()}\n`);
  }

  // --- power ------------------------------------------------------------------------------------------

  /** Changes and syncs so far. */
  get operations(): number {
    return this.#get('operations');
  }

  /** After so many more operations nothing is written any more, and whoever tries stands still. */
  cutAfter(moreOperations: number): void {
    this.#set('cutAfter', this.operations + Math.max(1, moreOperations));
  }

  /** From now on nothing is written any more, and whoever tries stands still. */
  cutNow(): void {
    this.#set('frozen', 1);
  }

  get isCut(): boolean {
    return this.#get('frozen') !== 0;
  }

  /** How long a sync may take, so that others write meanwhile. */
  set syncDelayUs(value: number) {
    this.#set('syncDelayUs', value);
  }

  // --- io ---------------------------------------------------------------------------------------------

  /** Counts all calls from now on, and lets some of one kind fail; none where nothing is given. */
  fail(calls: FailingCalls | undefined): void {
    this.heal();
    for (const field of ['failed', ...callKinds] as const) this.#set(field, 0);
    if (calls === undefined) return;
    this.#set('failErrno', constants.errno[calls.code]);
    this.#set('failTo', calls.to);
    this.#set('failFrom', calls.from);
    this.#set('failKind', callKinds.indexOf(calls.kind) + 1);
  }

  /** Nothing fails any more. */
  heal(): void {
    this.#set('failKind', 0);
  }

  /** Calls of a kind since `fail`. */
  calls(kind: CallKind): number {
    return this.#get(kind);
  }

  /** … that failed. */
  get failed(): number {
    return this.#get('failed');
  }

  close(): void {
    closeSync(this.#control);
  }

  get #bootId(): string {
    return join(this.#options.folder, 'boot-id');
  }

  #get(field: Field): number {
    const bytes = Buffer.alloc(FIELD_BYTES);
    readSync(this.#control, bytes, 0, FIELD_BYTES, fields.indexOf(field) * FIELD_BYTES);
    return Number(bytes.readBigUInt64LE());
  }

  #set(field: Field, value: number): void {
    const bytes = Buffer.alloc(FIELD_BYTES);
    bytes.writeBigUInt64LE(BigInt(value));
    writeSync(this.#control, bytes, 0, FIELD_BYTES, fields.indexOf(field) * FIELD_BYTES);
  }
}
