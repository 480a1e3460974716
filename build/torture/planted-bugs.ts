// Bugs for the campaigns to find: a copy of the sources with an exact text replaced, so that the product itself needs no
// hook for tests. A campaign that misses one of them proves nothing when it passes.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ownTree } from './server-process.ts';

interface Replacement {
  /** From the root of the checkout. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly from: string;
  readonly to: string;
}

const GROUP_COMMIT = 'packages/core-worker/src/store/group-commit.ts';
const CALLS = 'packages/client/src/calls.ts';

/**
 * No bug but a fault: every third group of several commands finds a disk that is full for its own time, so that its
 * transaction is lost in the middle. A correct writer runs the members again singly.
 */
const diskFullAtMoments: readonly Replacement[] = [
  {
    file: GROUP_COMMIT,
    from: `  run(commands: readonly WaitingCommand[]): GroupResult {
`,
    to: `  #groups = 0;
  run(commands: readonly WaitingCommand[]): GroupResult {
    if (commands.length > 1 && this.#groups++ % 3 === 0) {
      this.#database.pragma(\`max_page_count = \${this.#database.pragma('page_count', { simple: true })}\`);
    } else this.#database.pragma('max_page_count = 1000000000');
`,
  },
];

export const plantedBugs = {
  'answer-before-commit': [
    // The answers go out at once; the commit follows with the next group, or so late that a kill surely comes first, however
    // slow the machine.
    {
      file: GROUP_COMMIT,
      from: 'const failure = this.#commit();',
      to: `const failure = undefined;
    clearTimeout(globalThis.lateCommit);
    globalThis.lateCommit = setTimeout(() => this.#database.inTransaction && this.#commit(), 10_000);`,
    },
    {
      file: GROUP_COMMIT,
      from: '      this.#statements.begin.run();\n',
      to: `      if (this.#database.inTransaction) this.#commit();
      this.#statements.begin.run();
`,
    },
    // The look at the log's length would stumble over the open transaction, and give the bug away.
    {
      file: 'packages/core-worker/src/store/writer-thread.ts',
      from: 'checkpoint.dueAfter(commands.length, answers.some(metFullDisk))',
      to: 'false',
    },
  ],
  /** The disk refused the commit, and the clients are told that it is done. */
  'done-on-a-full-disk': [
    {
      file: GROUP_COMMIT,
      from: 'if (failure !== undefined) return this.#allFailed(commands, failure);',
      to: `if (failure !== undefined && this.#refusals++ % 4 === 0) {
      return { answers, events, lastSequence: this.#head.sequence };
    }
    if (failure !== undefined) return this.#allFailed(commands, failure);`,
    },
    {
      file: GROUP_COMMIT,
      from: '  run(commands: readonly WaitingCommand[]): GroupResult {\n',
      to: '  #refusals = 1;\n  run(commands: readonly WaitingCommand[]): GroupResult {\n',
    },
  ],
  'retry-with-new-id': [
    {
      file: CALLS,
      from: '    if (!call.settled) this.#decide(call, answer);\n',
      to: `    if (answer.type === 'lost' && 'commandId' in call.params) {
      Object.assign(call.params, { commandId: this.#options.newCommandId() });
    }
    if (!call.settled) this.#decide(call, answer);
`,
    },
  ],
  'answer-after-lost-transaction': [
    ...diskFullAtMoments,
    // The neighbours before the one that failed keep the answers of a transaction that is gone.
    {
      file: GROUP_COMMIT,
      from: '    if (!this.#database.inTransaction || isStorageFault(error)) throw lost(error);\n',
      to: `    if (!this.#database.inTransaction) {
      this.#statements.begin.run();
      return failed(errorCodeOf(error), error);
    }
`,
    },
  ],
  /** A commit that is told to be on the disk and is in the system's memory only: no kill finds it, a power cut does. */
  'commit-not-synced': [
    {
      file: 'packages/core-worker/src/store/sqlite.ts',
      from: "database.pragma('synchronous = FULL');",
      to: "database.pragma('synchronous = OFF');",
    },
  ],
  /** The newest command is not compared with the mark outside of the database: a cut end looks like a shorter history. */
  'mark-not-compared': [
    {
      file: 'packages/core-worker/src/safety/start-check/history.ts',
      from: 'if (chainEnd.epoch !== present) {',
      to: 'return undefined; if (chainEnd.epoch !== present) {',
    },
  ],
  /** Commands are read and not judged. */
  'commands-not-verified': [
    {
      file: 'packages/core-worker/src/inventory/verify/commands.ts',
      from: "if (reason !== undefined) differences.add('command', row.sequence, reason);",
      to: '',
    },
  ],
  /** What a recovery replaces is gone. */
  'no-quarantine': [
    {
      file: 'packages/core-worker/src/safety/put-in-place.ts',
      from: 'const quarantine = isThere ? moveToQuarantine(dataDir, reason, at) : null;',
      to: `const quarantine = null;
  if (isThere) for (const suffix of ['-wal', '-shm', '']) rmSync(databasePath + suffix, { force: true });`,
    },
    {
      file: 'packages/core-worker/src/safety/put-in-place.ts',
      from: 'import { existsSync, renameSync }',
      to: 'import { existsSync, renameSync, rmSync }',
    },
  ],
  /** A clock that is set back takes the order of new ids with it. */
  'ids-by-the-clock': [
    {
      file: 'packages/core-worker/src/store/time-ordered-ids.ts',
      from: 'if (nowMs > lastMs) {',
      to: 'if (nowMs !== lastMs) {',
    },
  ],
  /** The disk fails at the commit, and the answers go out all the same. */
  'answer-after-failed-commit': [
    {
      file: GROUP_COMMIT,
      from: `      if (sqliteCode(error) !== 'SQLITE_FULL')
        throw new CommitUnknownError('COMMIT failed', { cause: error });
`,
      to: `      if (sqliteCode(error) !== 'SQLITE_FULL') {
        if (this.#database.inTransaction) this.#statements.rollback.run();
        return undefined;
      }
`,
    },
  ],
  /** The fault of the lost transaction without its bug: a campaign passes it. */
  'disk-full-at-moments': diskFullAtMoments,
} as const satisfies Record<string, readonly Replacement[]>;

export type PlantedBug = keyof typeof plantedBugs;

export interface PlantedTree {
  /** The root of the copy. */
  readonly tree: string;
  remove(): void;
}

/** Copies the sources with the bug in them. Throws when a text to replace is not there exactly once. */
export function plantBug(name: PlantedBug): PlantedTree {
  return plant(plantedBugs[name]);
}

/** … or with any other replacement. */
export function plant(replacements: readonly Replacement[]): PlantedTree {
  const tree = mkdtempSync(join(tmpdir(), 'masala-planted-'));
  const remove = () => rmSync(tree, { recursive: true, force: true });
  try {
    copySources(tree);
    linkLibraries(tree);
    for (const replacement of replacements) replace(tree, replacement);
    return { tree, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function copySources(tree: string): void {
  cpSync(join(ownTree, 'package.json'), join(tree, 'package.json'));
  for (const folder of ['packages', 'build/torture']) {
    cpSync(join(ownTree, folder), join(tree, folder), {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
  }
}

/** Each library stays where it is; our own packages are those of the copy. */
function linkLibraries(tree: string): void {
  const libraries = join(tree, 'node_modules');
  mkdirSync(join(libraries, '@masala'), { recursive: true });
  for (const name of readdirSync(join(ownTree, 'node_modules'))) {
    if (name !== '@masala') symlinkSync(join(ownTree, 'node_modules', name), join(libraries, name));
  }
  for (const name of readdirSync(join(tree, 'packages'))) {
    symlinkSync(join(tree, 'packages', name), join(libraries, '@masala', name));
    const own = join(ownTree, 'packages', name, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(tree, 'packages', name, 'node_modules'));
  }
}

function replace(tree: string, { file, from, to }: Replacement): void {
  const path = join(tree, file);
  const text = readFileSync(path, 'utf8');
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${file} has the text to replace ${count} times, not once:\n${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}
