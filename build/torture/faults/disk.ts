// A disk as its operations left it: what is durable, what is only on its way, and what may be there once the power is gone.
//
// The rules are the weakest that a journaling file system keeps. A write, a truncate, a size is durable once its file was synced
// after it. A name (made, renamed, deleted) is durable once its folder was synced after it; the names of one folder become
// durable in their order, those of different folders in any; a rename is there or not there, also between two folders, and is
// decided by the one it goes to. Whatever else was done may be there, or not, or in part: sectors of 512 bytes, pages of 4096.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Chance } from '../chance.ts';
import { FileContent } from './file-content.ts';
import type { Operation } from './operations.ts';
import { unwatchedFiles } from './watched-files.ts';

/** By absolute path, each folder before what is in it. */
export type DiskState = ReadonlyMap<string, Buffer | 'folder'>;

interface DiskFile {
  readonly type: 'file';
  readonly durable: FileContent;
  /** Not synced, oldest first; `at` is the place in the log. */
  pending: { readonly at: number; readonly change: FileChange }[];
}
type FileChange = Extract<Operation, { type: 'write' | 'truncate' }>;

interface DiskFolder {
  readonly type: 'folder';
  /** As programs see it. */
  readonly present: Map<string, DiskNode>;
  readonly durable: Map<string, DiskNode>;
  pending: NameChange[];
}
type DiskNode = DiskFile | DiskFolder;

interface NameChange {
  readonly at: number;
  readonly puts?: { readonly folder: DiskFolder; readonly name: string; readonly node: DiskNode };
  readonly takes?: { readonly folder: DiskFolder; readonly name: string; readonly node: DiskNode };
}

export class Disk {
  readonly #roots = new Map<string, DiskFolder>();
  readonly #files = new Map<number, DiskFile>();
  readonly #syncs = new Map<number, { readonly node: DiskNode; readonly at: number }>();
  #at = 0;

  /** What is in the roots now is durable. Programs may not run on them. */
  constructor(roots: readonly string[]) {
    for (const root of roots) this.#roots.set(root, this.#read(root, root));
  }

  /** Goes on by what was logged, oldest first. Throws where the log speaks of what it does not know. */
  apply(operations: readonly Operation[]): void {
    for (const operation of operations) {
      this.#at++;
      this.#applyOne(operation);
    }
  }

  /** What programs see, without any cut. */
  present(): DiskState {
    return this.#state(
      (folder) => folder.present,
      (file) => {
        const content = file.durable.copy();
        for (const { change } of file.pending) content.apply(change);
        return content.bytes();
      },
    );
  }

  /** One of the states in which the disk may be if the power goes now. */
  afterPowerCut(chance: Chance): DiskState {
    const names = this.#namesAfterCut(chance);
    return this.#state(
      (folder) => names.get(folder) ?? folder.durable,
      (file) => {
        const changes = file.pending.map(({ change }) => change);
        return file.durable.copy().afterPowerCut(changes, chance).bytes();
      },
    );
  }

  // --- the log ----------------------------------------------------------------------------------------

  #applyOne(operation: Operation): void {
    const at = this.#at;
    switch (operation.type) {
      case 'create': {
        const file: DiskFile = { type: 'file', durable: new FileContent(), pending: [] };
        this.#files.set(operation.inode, file);
        return this.#change({ at, puts: { ...this.#place(operation.path), node: file } });
      }
      case 'mkdir': {
        const node: DiskFolder = { type: 'folder', present: new Map(), durable: new Map(), pending: [] };
        return this.#change({ at, puts: { ...this.#place(operation.path), node } });
      }
      case 'unlink':
      case 'rmdir':
        return this.#change({ at, takes: this.#named(operation.path) });
      case 'rename': {
        const takes = this.#named(operation.from);
        return this.#change({ at, takes, puts: { ...this.#place(operation.to), node: takes.node } });
      }
      case 'write':
      case 'truncate':
        this.#file(operation.inode).pending.push({ at, change: operation });
        return;
      case 'sync-begin':
        this.#syncs.set(operation.token, { node: this.#file(operation.inode), at });
        return;
      case 'sync-folder-begin':
        this.#syncs.set(operation.token, { node: this.#folder(operation.path), at });
        return;
      case 'sync-end':
        return this.#synced(operation.token);
    }
  }

  #change(change: NameChange): void {
    put(change, (folder) => folder.present);
    (change.puts ?? change.takes)?.folder.pending.push(change);
  }

  #synced(token: number): void {
    const sync = this.#syncs.get(token);
    if (sync === undefined) throw new Error('the log has the end of a sync without its begin');
    this.#syncs.delete(token);
    const { node } = sync;
    if (node.type === 'file') {
      for (const { at, change } of node.pending) if (at < sync.at) node.durable.apply(change);
      node.pending = node.pending.filter(({ at }) => at > sync.at);
    } else {
      for (const change of node.pending) if (change.at < sync.at) put(change, (folder) => folder.durable);
      node.pending = node.pending.filter(({ at }) => at > sync.at);
    }
  }

  // --- the cut ----------------------------------------------------------------------------------------

  #namesAfterCut(chance: Chance): Map<DiskFolder, Map<string, DiskNode>> {
    const chosen: NameChange[] = [];
    const names = new Map<DiskFolder, Map<string, DiskNode>>();
    for (const folder of this.#folders()) {
      names.set(folder, new Map(folder.durable));
      chosen.push(...folder.pending.slice(0, chance.integer(0, folder.pending.length)));
    }
    chosen.sort((left, right) => left.at - right.at);
    for (const change of chosen) put(change, (folder) => names.get(folder) ?? new Map());
    return names;
  }

  /** All that can be reached, durably or not. */
  #folders(): Set<DiskFolder> {
    const found = new Set<DiskFolder>();
    const visit = (folder: DiskFolder) => {
      if (found.has(folder)) return;
      found.add(folder);
      const nodes = [...folder.durable.values(), ...folder.present.values()];
      for (const { puts } of folder.pending) if (puts !== undefined) nodes.push(puts.node);
      for (const node of nodes) if (node.type === 'folder') visit(node);
    };
    for (const root of this.#roots.values()) visit(root);
    return found;
  }

  #state(
    names: (folder: DiskFolder) => ReadonlyMap<string, DiskNode>,
    content: (file: DiskFile) => Buffer,
  ): DiskState {
    const state = new Map<string, Buffer | 'folder'>();
    const visit = (path: string, node: DiskNode) => {
      state.set(path, node.type === 'folder' ? 'folder' : content(node));
      if (node.type === 'file') return;
      for (const [name, child] of names(node)) visit(join(path, name), child);
    };
    for (const [path, root] of this.#roots) visit(path, root);
    return state;
  }

  // --- paths ------------------------------------------------------------------------------------------

  #read(root: string, path: string): DiskFolder {
    const folder: DiskFolder = { type: 'folder', present: new Map(), durable: new Map(), pending: [] };
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (isUnwatched(relative(root, child))) continue;
      const node = entry.isDirectory() ? this.#read(root, child) : this.#readFile(child);
      folder.present.set(entry.name, node);
      folder.durable.set(entry.name, node);
    }
    return folder;
  }

  #readFile(path: string): DiskFile {
    const file: DiskFile = { type: 'file', durable: new FileContent(readFileSync(path)), pending: [] };
    this.#files.set(statSync(path).ino, file);
    return file;
  }

  #file(inode: number): DiskFile {
    const file = this.#files.get(inode);
    if (file === undefined) throw new Error(`the log speaks of inode ${inode}, and no file was made with it`);
    return file;
  }

  #folder(path: string): DiskFolder {
    const root = this.#roots.get(path);
    if (root !== undefined) return root;
    const { folder, name } = this.#place(path);
    const node = folder.present.get(name);
    if (node?.type !== 'folder') throw new Error(`the log speaks of ${path}, which is no folder`);
    return node;
  }

  #place(path: string): { folder: DiskFolder; name: string } {
    return { folder: this.#folder(dirname(path)), name: path.slice(dirname(path).length + 1) };
  }

  #named(path: string) {
    const place = this.#place(path);
    const node = place.folder.present.get(place.name);
    if (node === undefined) throw new Error(`the log speaks of ${path}, which nothing made`);
    return { ...place, node };
  }
}

/** Puts a state onto the real disk, in place of what is in the roots; what is not watched stays. */
export function writeState(state: DiskState, roots: readonly string[]): void {
  for (const root of roots) removeWatched(root, root);
  for (const [path, content] of state) {
    if (content === 'folder') mkdirSync(path, { recursive: true, mode: 0o700 });
    else writeFileSync(path, content, { mode: 0o600 });
  }
}

function removeWatched(root: string, folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!isUnwatched(relative(root, path))) rmSync(path, { recursive: true });
  }
}

const unwatched = unwatchedFiles.map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));

/** As fnmatch has it in the layer, for patterns without anything special but `*`. */
function isUnwatched(path: string): boolean {
  return unwatched.some((pattern) => pattern.test(path));
}

/** What a change takes away is only taken where it still is. */
function put(change: NameChange, names: (folder: DiskFolder) => Map<string, DiskNode>): void {
  const { takes, puts } = change;
  if (takes !== undefined && names(takes.folder).get(takes.name) === takes.node)
    names(takes.folder).delete(takes.name);
  if (puts !== undefined) names(puts.folder).set(puts.name, puts.node);
}
