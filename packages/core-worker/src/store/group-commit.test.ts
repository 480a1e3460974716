// Each command is booked exactly once and answered by its fate on the disk, whatever happens to its neighbours.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasalaError, sha256Hex } from '@masala/protocol';
import fc from 'fast-check';
import { expireBodies } from './body-expiry.ts';
import { bodyDigest, type ChainedRow, chainHash, GENESIS_HASH } from './chain.ts';
import type { CommandContext, CommandHandlers } from './command.ts';
import { CommitUnknownError, GroupCommit, type WaitingCommand } from './group-commit.ts';
import { openStore } from './open.ts';
import { type Database, openForWriting } from './sqlite.ts';

const folders: string[] = [];
const databases: Database[] = [];

afterEach(() => {
  for (const database of databases.splice(0)) database.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** `units.create` books a unit; its name says what else happens. The one handler is enough: the rules are not under test. */
function unitHandlers(database: Database): CommandHandlers {
  const insert = database.prepare('INSERT INTO units VALUES (?, ?)');
  const create = ({ code, name }: { code: string; name: string }, context: CommandContext) => {
    insert.run(code, name);
    context.publish('server.notice', { notice: 'read-write', at: context.decisions.at });
    if (name === 'refuse') throw new MasalaError('CODE_TAKEN', { id: context.decisions.newId() });
    if (name === 'busy') throw new MasalaError('SERVER_BUSY');
    if (name === 'bug') throw new TypeError('a broken invariant');
    return { code };
  };
  return { 'units.create': create } as unknown as CommandHandlers;
}

function open(wrap: (database: Database) => Database = (database) => database) {
  const folder = mkdtempSync(join(tmpdir(), 'masala-group-commit-'));
  folders.push(folder);
  let clock = 1_000;
  let ids = 0;
  const { database } = openStore(join(folder, 'masala.db'), clock, () => 'epoch-1');
  databases.push(database);
  const make = () =>
    new GroupCommit(
      wrap(database),
      unitHandlers(database),
      () => clock++,
      () => `id-${++ids}`,
    );
  return { database, groupCommit: make(), reopen: make };
}

function command(commandId: string, name: string, more: Partial<WaitingCommand> = {}): WaitingCommand {
  const body = JSON.stringify({ code: `u-${commandId}`, name });
  return {
    commandId,
    deviceId: 'device-1',
    bound: true,
    method: 'units.create',
    body,
    refusal: null,
    ...more,
  };
}

function rows(database: Database) {
  return database
    .prepare<[], ChainedRow & { body: string; decided: string; answer: string; hash: string }>(
      `SELECT sequence, command_id AS commandId, device_id AS deviceId, user_id AS userId, method, at, outcome, digest,
         decided_digest AS decidedDigest, answer_digest AS answerDigest, body, decided, answer, hash
       FROM commands ORDER BY sequence`,
    )
    .all();
}

function units(database: Database): unknown[] {
  return database.prepare("SELECT code FROM units WHERE code LIKE 'u-%' ORDER BY code").pluck().all();
}

test('a group is booked in order, chained from the genesis, and told to those who subscribed', () => {
  const { database, groupCommit } = open();
  const { answers, events, lastSequence } = groupCommit.run([command('a', 'x'), command('b', 'refuse')]);
  expect(answers[0]).toEqual({ outcome: 'done', answer: '{"code":"u-a"}' });
  expect(answers[1]).toMatchObject({ outcome: 'refused', error: { code: 'CODE_TAKEN' } });
  expect(lastSequence).toBe(2);
  // The refused one changed nothing, so it has nothing to tell.
  expect(events).toHaveLength(1);
  expect(units(database)).toEqual(['u-a']);

  let hash = GENESIS_HASH;
  for (const row of rows(database)) {
    hash = chainHash(hash, row);
    expect(row.hash).toBe(hash);
    expect(row.digest).toBe(bodyDigest(row.method, row.body));
    expect(row.decidedDigest).toBe(sha256Hex(row.decided));
    expect(row.answerDigest).toBe(sha256Hex(row.answer));
  }
  expect(rows(database).map((row) => row.decided)).toEqual([
    '{"at":1000,"ids":[]}',
    '{"at":1001,"ids":["id-1"]}',
  ]);
});

test('a replay gets the stored answer, in the same group, a later one, and after a restart', () => {
  const { database, groupCommit, reopen } = open();
  const first = groupCommit.run([command('a', 'x'), command('a', 'x'), command('b', 'refuse')]);
  expect(first.answers[1]).toEqual(first.answers[0]);
  const again = reopen().run([command('b', 'refuse'), command('a', 'x')]);
  expect(again.answers).toEqual([first.answers[2], first.answers[0]]);
  expect(again.events).toEqual([]);
  expect(rows(database)).toHaveLength(2);
});

test('a replay is answered before role and state are looked at; a new command is not', () => {
  const { groupCommit } = open();
  const done = groupCommit.run([command('a', 'x')]);
  const refusal = new MasalaError('FORBIDDEN', { roles: ['admin'] }).toWire();
  const { answers } = groupCommit.run([command('a', 'x', { refusal }), command('b', 'x', { refusal })]);
  expect(answers[0]).toEqual(done.answers[0]);
  expect(answers[1]).toEqual({ outcome: 'failed', error: refusal });
  // Never stored: with the right role the same command goes through.
  expect(groupCommit.run([command('b', 'x')]).answers[0]?.outcome).toBe('done');
});

test('an id is refused with other content, and from another device unless it is not bound to one', () => {
  const { database, groupCommit } = open();
  groupCommit.run([command('a', 'x')]);
  const { answers } = groupCommit.run([
    command('a', 'y'),
    command('a', 'x', { deviceId: 'device-2' }),
    command('a', 'x', { deviceId: 'device-2', bound: false }),
  ]);
  expect(answers.map((answer) => ('error' in answer ? answer.error.code : answer.outcome))).toEqual([
    'COMMAND_ID_REUSED',
    'COMMAND_FROM_OTHER_DEVICE',
    'done',
  ]);
  expect(rows(database)).toHaveLength(1);
});

test('what fails for a passing reason, or by a fault of ours, leaves no trace and harms no neighbour', () => {
  const { database, groupCommit } = open();
  const { answers } = groupCommit.run([
    command('a', 'x'),
    command('b', 'busy'),
    command('c', 'bug'),
    command('d', 'x'),
  ]);
  expect(answers.map((answer) => ('error' in answer ? answer.error.code : answer.outcome))).toEqual([
    'done',
    'SERVER_BUSY',
    'INTERNAL',
    'done',
  ]);
  expect(answers[2]).toHaveProperty('cause');
  expect(units(database)).toEqual(['u-a', 'u-d']);
  expect(rows(database).map((row) => row.commandId)).toEqual(['a', 'd']);
});

test('a full disk under one command rolls back the whole transaction; its neighbours are booked all the same', () => {
  const { database, groupCommit } = open();
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.pragma(`max_page_count = ${pages + 8}`);
  const huge = 'x'.repeat(200_000);
  const group = [command('a', 'x'), command('b', huge), command('c', 'x')];
  const { answers, lastSequence } = groupCommit.run(group);
  expect(answers.map((answer) => ('error' in answer ? answer.error.code : answer.outcome))).toEqual([
    'done',
    'DISK_FULL',
    'done',
  ]);
  expect(lastSequence).toBe(2);
  expect(units(database)).toEqual(['u-a', 'u-c']);
  // Space is back: the same command goes through.
  database.pragma('max_page_count = 1000000');
  expect(groupCommit.run([command('b', huge)]).answers[0]?.outcome).toBe('done');
  let hash = GENESIS_HASH;
  for (const row of rows(database)) {
    hash = chainHash(hash, row);
    expect(row.hash).toBe(hash);
  }
});

test('a database that another program holds is told as busy, to the whole group at once', () => {
  const { database, groupCommit } = open();
  database.pragma('busy_timeout = 1');
  const other = openForWriting(database.name);
  other.exec('BEGIN IMMEDIATE');
  const group = [command('a', 'x'), command('b', 'x')];
  expect(groupCommit.run(group).answers).toMatchObject([
    { error: { code: 'SERVER_BUSY' } },
    { error: { code: 'SERVER_BUSY' } },
  ]);
  other.exec('ROLLBACK');
  other.close();
  expect(groupCommit.run(group).answers).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
});

describe('an error at COMMIT', () => {
  /** A database whose COMMIT fails with a code, before or after it is done: no real disk does that on demand. */
  function failingAtCommit(code: string, commits: boolean) {
    return (database: Database): Database =>
      new Proxy(database, {
        get(target, key) {
          if (key === 'inTransaction') return target.inTransaction;
          if (key !== 'prepare') return Reflect.get(target, key);
          return (sql: string) => {
            const statement = target.prepare(sql);
            if (sql !== 'COMMIT') return statement;
            const run = () => {
              if (commits) statement.run();
              throw Object.assign(new Error(`fake ${code}`), { code });
            };
            return { run };
          };
        },
      });
  }

  test('a full disk: rolled back, and everybody is told so', () => {
    const { database, groupCommit } = open(failingAtCommit('SQLITE_FULL', false));
    const { answers } = groupCommit.run([command('a', 'x'), command('b', 'x')]);
    expect(answers).toMatchObject([{ error: { code: 'DISK_FULL' } }, { error: { code: 'DISK_FULL' } }]);
    expect(database.inTransaction).toBe(false);
    expect(rows(database)).toEqual([]);
  });

  test('a full disk, yet the commands are there: nobody is answered', () => {
    const { groupCommit } = open(failingAtCommit('SQLITE_FULL', true));
    expect(() => groupCommit.run([command('a', 'x')])).toThrow(CommitUnknownError);
  });

  test.each(['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_WRITE', 'SQLITE_BUSY'])('%s: nobody is answered', (code) => {
    const { groupCommit } = open(failingAtCommit(code, false));
    expect(() => groupCommit.run([command('a', 'x')])).toThrow(CommitUnknownError);
  });
});

test('after a year the body is gone, the chain is not, and a replay is told COMMAND_EXPIRED', () => {
  const { database, groupCommit } = open();
  groupCommit.run([command('a', 'x'), command('b', 'refuse'), command('c', 'x')]);
  const hashes = rows(database).map((row) => row.hash);
  expect(expireBodies(database, 1_002, 0)).toBe(2);
  expect(expireBodies(database, 1_002, 0)).toBe(0);
  const { answers } = groupCommit.run([command('a', 'x'), command('b', 'refuse'), command('c', 'x')]);
  expect(answers).toMatchObject([
    { error: { code: 'COMMAND_EXPIRED' } },
    { error: { code: 'COMMAND_EXPIRED' } },
    { outcome: 'done' },
  ]);
  expect(groupCommit.run([command('a', 'other content')]).answers).toMatchObject([
    { error: { code: 'COMMAND_ID_REUSED' } },
  ]);
  expect(rows(database).map((row) => row.hash)).toEqual(hashes);
});

test('property: however commands are grouped and repeated, each is booked once and always answered alike', () => {
  const fate = fc.constantFrom('x', 'refuse', 'bug', 'busy');
  const groups = fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fate), { maxLength: 8 }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(groups, (given) => {
      const { database, groupCommit } = open();
      const answered = new Map<string, string>();
      const firstFate = new Map<number, string>();
      for (const group of given) {
        const commands = group.map(([id, name]) => {
          if (!firstFate.has(id)) firstFate.set(id, name);
          return command(`c${id}`, firstFate.get(id) ?? name);
        });
        groupCommit.run(commands).answers.forEach((answer, index) => {
          const id = commands[index]?.commandId ?? '';
          if (answer.outcome === 'failed') return;
          const said = JSON.stringify(answer);
          expect(answered.get(id) ?? said).toBe(said);
          answered.set(id, said);
        });
      }
      expect(new Set(rows(database).map((row) => row.commandId))).toEqual(new Set(answered.keys()));
      expect(rows(database).map((row) => row.sequence)).toEqual(
        [...answered.keys()].map((_, index) => index + 1),
      );
    }),
    { numRuns: 50 },
  );
});
