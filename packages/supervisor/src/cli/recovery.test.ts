// Backups and recovery by the command line: real processes, a real control channel, a stand-in for the core.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { RestorePointTold } from '@masala/protocol/control';
import { exitCodes } from '@masala/protocol/tables';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import {
  coreStarts,
  dataDir,
  masalaServer,
  run,
  script,
  startServer,
  status,
  untilStatus,
} from '../fixtures/server-under-test.ts';
import { restore } from './recover.ts';

const HOUR_MS = 3_600_000;

function point(id: string, ageMs: number, changed: Partial<RestorePointTold> = {}): RestorePointTold {
  const madeAt = Date.now() - ageMs;
  return {
    ...{ id, kind: 'snapshot', place: 'data', path: `/backups/${id}.db.zst`, madeAt },
    ...{ bytes: 1_300_000, databaseBytes: 9_000_000, documents: 345, commands: 400, epoch: 'epoch-1' },
    ...{ lastSequence: 400, lastCommandAt: madeAt, state: 'verified', problem: null },
    ...changed,
  };
}

const missing = {
  reason: 'missing',
  question: 'No database found. Restore from latest backup (2 hours ago)?',
  newest: point('newest', 2 * HOUR_MS),
} as const;

/** A server that waits in recovery. */
async function startInRecovery() {
  const server = run('fake-server.ts', ['start', '--data-dir', dataDir]);
  await untilStatus(({ state, supervisor }) => state === 'recovery' && supervisor !== null);
  return server;
}

describeIf(linux, 'backups', () => {
  test('list: age, size, documents, state and place of each; damage and unreachable folders in words', async () => {
    script({
      backups: {
        points: [
          point('newest', 2 * HOUR_MS),
          point('older', 26 * HOUR_MS, { place: 'second', state: 'damaged', problem: 'its digest differs' }),
        ],
        unreachable: ['/media/usb'],
        journal: {
          ...{ folder: '/second/journal', state: 'behind', lastSequence: 398 },
          ...{ lastAt: Date.now() - HOUR_MS, lagCommands: 2, reason: null },
        },
      },
    });
    const server = await startServer();
    const { code, out } = await masalaServer('backup', 'list');
    expect(code).toBe(0);
    expect(out).toMatch(/newest +2 hours ago +1\.2 MB +345 +verified +data directory/);
    expect(out).toMatch(/older +1 day ago .*damaged +second drive/);
    expect(out).toContain('! older is damaged: its digest differs');
    expect(out).toContain('! /media/usb cannot be reached');
    expect(out).toContain('up to command 398, booked 1 hour ago, 2 commands behind');
    const told = JSON.parse((await masalaServer('backup', '--json')).out);
    expect(told).toMatchObject({ points: [{ id: 'newest' }, { id: 'older' }], unreachable: ['/media/usb'] });
    // One of them is damaged, and a script has to learn that from the exit code.
    expect(await masalaServer('backup', 'verify')).toMatchObject({ code: exitCodes.FAILED.code });
    expect((await masalaServer('backup', 'verify', 'newest')).out).toContain('1 backup: all are good');
    expect(JSON.parse((await masalaServer('backup', 'now', '--to', '/usb', '--json')).out)).toMatchObject({
      id: 'newest',
      path: '/usb',
    });
    await masalaServer('stop');
    await server.ended;
  });

  test('none yet is said so; none that can be seen is something else', async () => {
    const server = await startServer();
    expect((await masalaServer('backup', 'list')).out).toContain('There is no backup yet.');
    script({ backups: { points: [], unreachable: ['/media/usb'], journal: null } });
    await masalaServer('restart');
    const { out } = await masalaServer('backup', 'list');
    expect(out).toContain('No backup can be seen at the moment.');
    expect(out).toContain('/media/usb cannot be reached');
    const failed = await masalaServer('backup', 'now', '--to', '/media/usb');
    expect(failed).toMatchObject({ code: exitCodes.FAILED.code });
    expect(failed.err).toContain('/media/usb');
    await masalaServer('stop');
    await server.ended;
  });

  test('restore while running: says what would be undone, and asks; then the core is started again for it', async () => {
    const points = [point('newest', HOUR_MS), point('older', 3 * HOUR_MS, { lastSequence: 388 })];
    const present = { epoch: 'epoch-1', lastSequence: 402 };
    script({ backups: { points, unreachable: [], journal: null, present } });
    const server = await startServer();
    const refused = await masalaServer('backup', 'restore', 'older');
    expect(refused.code).toBe(exitCodes.USAGE.code);
    expect(refused.err).toMatch(/booked after .*\(14 commands\) will be gone; the desktops offer it again/);
    expect(refused.err).toContain('--yes');
    expect(await status()).toMatchObject({ state: 'running', core: { restarts: 0 } });
    const bad = await masalaServer('backup', 'restore', '--until', 'soon', '--yes');
    expect(bad).toMatchObject({ code: exitCodes.USAGE.code });
    expect(bad.err).toContain('"soon" is no time');
    const aimless = await masalaServer('backup', 'restore', '--yes');
    expect(aimless).toMatchObject({ code: exitCodes.USAGE.code });
    expect(aimless.err).toContain('say the ID of a backup');
    expect((await masalaServer('backup', 'restore', 'unknown', '--yes')).err).toContain('no such backup');
    expect((await masalaServer('recover', 'restore')).err).toContain('does not wait for a recovery');
    const done = await masalaServer('backup', 'restore', 'older', '--yes');
    expect(done).toMatchObject({ code: 0 });
    expect(done.out).toContain('Restored by the fake.');
    expect(done.out).toContain('! One thing is missing.');
    expect(done.out).toContain('Masala server: running');
    expect(await status()).toMatchObject({
      state: 'running',
      core: { restarts: 1, lastDeath: null },
      lastRecovery: { action: 'restore', branchSequence: 7 },
    });
    expect(coreStarts()).toHaveLength(2);
    const log = readFileSync(join(dataDir, 'logs', 'supervisor.log'), 'utf8');
    expect(log).toContain('core.recovery.requested');
    expect(log).not.toContain('core.died');
    await masalaServer('stop');
    await server.ended;
  });

  test.each([
    ['backup', 'list'],
    ['backup', 'now'],
    ['backup', 'restore', '--yes'],
    ['recover'],
    ['recover', 'fresh', '--yes'],
  ])('without a server: %s %s says so, and what to do', async (...args) => {
    const { code, err } = await masalaServer(...args);
    expect(code).toBe(exitCodes.NOT_RUNNING.code);
    expect(err).toContain('masala-server start');
  });
});

describeIf(linux, 'recovery', () => {
  test('status, live picture and recover show the question, the newest backup and what to type', async () => {
    const notice = {
      name: 'disk-low',
      level: 'warn',
      message: 'Low disk space.',
      hint: 'Free some.',
      since: 1,
    };
    script({ recovery: missing, notices: [{ ...notice, level: 'warn' }] });
    const server = await startInRecovery();
    const shown = await masalaServer('status');
    expect(shown.code).toBe(exitCodes.NOT_READY.code);
    for (const text of [
      'Masala server: recovery',
      missing.question,
      'newest, made 2 hours ago: 1.2 MB, 345 documents, verified',
      'masala-server recover restore     go back to the newest good state',
      'masala-server recover fresh       begin with',
      '! Low disk space.',
      'Free some.',
    ]) {
      expect(shown.out).toContain(text);
    }
    expect(shown.out).not.toContain('salvage');
    expect(await status()).toMatchObject({ recovery: missing, notices: [notice], exitCode: 4 });
    const situation = await masalaServer('recover');
    expect(situation).toMatchObject({ code: exitCodes.NOT_READY.code });
    expect(situation.out).toContain(missing.question);
    expect(JSON.parse((await masalaServer('recover', '--json')).out)).toMatchObject({
      state: 'recovery',
      recovery: missing,
      points: [],
    });
    server.child.kill('SIGTERM');
    const { out } = await server.ended;
    expect(out).toContain(missing.question);
    expect(out).toContain('! Low disk space.');
  });

  test('recover restore is followed until the server runs, without a restart of the core', async () => {
    script({ recovery: missing, backups: { points: [], unreachable: ['/media/usb'], journal: null } });
    const server = await startInRecovery();
    const { code, out, err } = await masalaServer('recover', 'restore', '--json');
    expect(code).toBe(0);
    expect(err).toContain('! /media/usb cannot be reached');
    expect(JSON.parse(out)).toMatchObject({ state: 'running', lastRecovery: { action: 'restore' } });
    expect(await status()).toMatchObject({ state: 'running', recovery: null, core: { restarts: 0 } });
    const situation = await masalaServer('recover');
    expect(situation).toMatchObject({ code: 0 });
    expect(situation.out).toContain('It waits for no recovery');
    expect((await masalaServer('recover', 'salvage')).err).toContain('does not wait for a recovery');
    await masalaServer('stop');
    expect((await server.ended).out).toContain('Restored by the fake.');
  });

  test('backup restore asks again when something was booked between the question and the answer', async () => {
    const present = { epoch: 'epoch-1', lastSequence: 412 };
    const backups = { points: [point('older', 26 * HOUR_MS)], unreachable: [], journal: null, present };
    script({ backups, bookedMeanwhile: 1 });
    const server = await startServer();
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true });
    let shown = '';
    output.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (text.includes('[y/N]')) input.write('y\n');
    });
    const options = { json: true, yes: false };
    expect(await restore(dataDir, 'older', 'backup', options, { input, output })).toBe(0);
    expect(shown.match(/\(12 commands\) will be gone/g)).toHaveLength(2);
    expect(shown).toContain('Something was booked meanwhile.');
    await masalaServer('stop');
    await server.ended;
  });

  test('fresh asks; a choice that fails says why, and the server waits on', async () => {
    const failure = { code: 'SALVAGE_IMPOSSIBLE', message: 'Nothing can be read.', reason: 'All zeros.' };
    script({ recovery: { ...missing, reason: 'damaged' }, failure });
    const server = await startInRecovery();
    expect((await masalaServer('status')).out).toContain('masala-server recover salvage');
    const asked = await masalaServer('recover', 'fresh');
    expect(asked.code).toBe(exitCodes.USAGE.code);
    expect(asked.err).toContain('though there is the backup newest');
    expect(asked.err).toContain('--yes');
    const failed = await masalaServer('recover', 'salvage');
    expect(failed.code).toBe(exitCodes.FAILED.code);
    expect(failed.err).toContain('Nothing can be read.');
    expect(failed.err).toContain('All zeros.');
    expect((await masalaServer('status')).out).toContain('! The last choice failed: Nothing can be read.');
    await masalaServer('stop');
    await server.ended;
  });

  test('a data directory below /proc is refused, and does not hang', async () => {
    const { code, err } = await run('fake-server.ts', ['start', '--data-dir', '/proc/masala']).ended;
    expect(code).toBe(exitCodes.DATA_DIRECTORY_NOT_WRITABLE.code);
    expect(err).toContain('/proc/masala');
  });
});
