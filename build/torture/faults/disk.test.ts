// What a power cut may leave and what it may not: the rules of the disk, without any program.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { chanceOf } from '../chance.ts';
import { Disk, type DiskState, writeState } from './disk.ts';
import type { Operation } from './operations.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masala-disk-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (...names: string[]) => join(root, ...names);
const create = (inode: number, name: string): Operation => ({ type: 'create', inode, path: path(name) });
const write = (inode: number, offset: number, text: string): Operation => ({
  type: 'write',
  inode,
  offset,
  data: Buffer.from(text),
});
const rename = (from: string, to: string): Operation => ({ type: 'rename', from: path(from), to: path(to) });
const mkdir = (name: string): Operation => ({ type: 'mkdir', path: path(name) });

let tokens = 0;
function sync(inode: number): Operation[] {
  const token = tokens++;
  return [
    { type: 'sync-begin', inode, token },
    { type: 'sync-end', token },
  ];
}
function syncFolder(name = ''): Operation[] {
  const token = tokens++;
  return [
    { type: 'sync-folder-begin', path: name === '' ? root : path(name), token },
    { type: 'sync-end', token },
  ];
}

/** Every state that a hundred cuts after these operations leave, as names and texts. */
function statesAfter(...operations: Operation[]): Set<string> {
  const disk = new Disk([root]);
  disk.apply(operations);
  const states = new Set<string>();
  for (let seed = 0; seed < 100; seed++) states.add(textOf(disk.afterPowerCut(chanceOf(seed))));
  return states;
}

function textOf(state: DiskState): string {
  const names = [...state].filter(([name]) => name !== root);
  return names
    .map(([name, content]) => `${name.slice(root.length + 1)}=${content === 'folder' ? '/' : content}`)
    .sort()
    .join(' ');
}

const z = (count: number) => '\0'.repeat(count);

test('a new file is there for sure once it and its folder were synced', () => {
  expect(statesAfter(create(1, 'a'), write(1, 0, 'x'), ...sync(1), ...syncFolder())).toEqual(
    new Set(['a=x']),
  );
  expect(statesAfter(create(1, 'a'), write(1, 0, 'x'), ...sync(1))).toEqual(new Set(['', 'a=x']));
  expect(statesAfter(create(1, 'a'), write(1, 0, 'x'), ...syncFolder())).toEqual(
    new Set(['a=', 'a=x', `a=${z(1)}`]),
  );
});

test('what is written while a sync is under way is not covered by it', () => {
  const [begin, end] = sync(1) as [Operation, Operation];
  const before = [create(1, 'a'), ...syncFolder(), write(1, 0, 'x')];
  expect(statesAfter(...before, begin, write(1, 0, 'y'), end)).toEqual(new Set(['a=x', 'a=y']));
  expect(statesAfter(...before, begin)).toEqual(new Set(['a=', 'a=x', `a=${z(1)}`]));
});

test('a file renamed into place may be empty when it was not synced, and is old or new when it was', () => {
  writeFileSync(path('a'), 'old');
  const made = [create(1, 'b'), write(1, 0, 'new')];
  expect(statesAfter(...made, rename('b', 'a'), ...syncFolder())).toContain('a=');
  const states = statesAfter(...made, ...sync(1), rename('b', 'a'));
  expect(states).toEqual(new Set(['a=old', 'a=old b=new', 'a=new']));
});

test('a rename between two folders is there or not, and never in part', () => {
  writeFileSync(path('a'), 'x');
  const states = statesAfter(mkdir('f'), ...syncFolder(), rename('a', 'f/a'));
  expect(states).toEqual(new Set(['a=x f=/', 'f/a=x f=/']));
  expect(statesAfter(mkdir('f'), ...syncFolder(), rename('a', 'f/a'), ...syncFolder('f'))).toEqual(
    new Set(['f/a=x f=/']),
  );
});

test('what is in a new folder goes with it', () => {
  const made = [mkdir('f'), create(1, 'f/a'), write(1, 0, 'x'), ...sync(1), ...syncFolder('f')];
  expect(statesAfter(...made)).toEqual(new Set(['', 'f/a=x f=/']));
});

test('a deleted file may come back until its folder was synced', () => {
  writeFileSync(path('a'), 'x');
  expect(statesAfter({ type: 'unlink', path: path('a') })).toEqual(new Set(['', 'a=x']));
  expect(statesAfter({ type: 'unlink', path: path('a') }, ...syncFolder())).toEqual(new Set(['']));
});

test('writes are torn at sectors, and come in any order', () => {
  writeFileSync(path('a'), '.'.repeat(1_536));
  const disk = new Disk([root]);
  // The third sector of a large write; the file is known to the log by its inode.
  disk.apply([create(7, 'b'), ...syncFolder(), write(7, 0, 'x'.repeat(1_536)), write(7, 1_536, 'y')]);
  const seen = new Set<string>();
  for (let seed = 0; seed < 400; seed++) {
    const content = disk.afterPowerCut(chanceOf(seed)).get(path('b'));
    const text = String(content);
    for (const sector of [0, 512, 1_024]) {
      expect(['', 'x', '\0']).toContain([...new Set(text.slice(sector, sector + 512))].join(''));
    }
    seen.add([0, 512, 1_024, 1_536].map((at) => text[at] ?? '-').join(''));
  }
  expect(seen).toContain('x\0xy');
  expect(seen).toContain('\0\0\0y');
  expect(seen).toContain('----');
  expect(seen).toContain('xxx-');
});

test('whatever was synced is in every state, whatever came after it', () => {
  const change = fc.record({
    offset: fc.nat(3_000),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(change), fc.array(change), fc.nat(), (first, later, seed) => {
      const operation = ({ offset, bytes }: { offset: number; bytes: Uint8Array }): Operation => ({
        type: 'write',
        inode: 1,
        offset,
        data: Buffer.from(bytes),
      });
      const synced = new Disk([root]);
      synced.apply([create(1, 'a'), ...first.map(operation), ...sync(1), ...syncFolder()]);
      const before = synced.present().get(path('a')) as Buffer;
      synced.apply(later.map(operation));
      const after = synced.afterPowerCut(chanceOf(seed)).get(path('a')) as Buffer;
      const touched = (at: number) =>
        later.some(({ offset, bytes }) => at >= offset && at < offset + bytes.length);
      const harmed = [...before.keys()].filter((at) => after[at] !== before[at] && !touched(at));
      expect(harmed).toEqual([]);
    }),
  );
});

test('a state is written in place of what is watched, and of nothing else', () => {
  mkdirSync(path('run'));
  mkdirSync(path('old'));
  for (const name of ['run/lock', 'old/file', 'masala.db-shm', 'a']) writeFileSync(path(name), name);
  const disk = new Disk([root]);
  disk.apply([{ type: 'unlink', path: path('a') }, create(1, 'old/new'), write(1, 0, 'n'), ...syncFolder()]);
  writeFileSync(path('stray'), 'by nobody');
  writeState(disk.present(), [root]);
  const left = new Disk([root]).present();
  expect(textOf(left)).toBe('old/file=old/file old/new=n old=/');
  expect(readFileSync(path('run/lock'), 'utf8')).toBe('run/lock');
  expect(readFileSync(path('masala.db-shm'), 'utf8')).toBe('masala.db-shm');
});
