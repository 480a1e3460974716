// The live picture: redrawn in place on a terminal, one line a change elsewhere.
import type { LastRecovery, RecoveryTold, ServerStatus } from '@masala/protocol/control';
import { type LiveView, liveOutput } from './live-status.ts';

const HOUR_MS = 3_600_000;
const at = Date.UTC(2026, 10, 21);
const status: ServerStatus = {
  ...{ state: 'running', flags: [], serverId: null, epoch: null, dataDir: '/data', port: 8090, clients: 2 },
  ...{
    supervisor: null,
    notices: [],
    recovery: null,
    lastRecovery: null,
    work: [],
    name: 'Hall 1',
    stopping: null,
  },
  core: {
    ...{ pid: 1, state: 'running', startedAt: at, restarts: 0, lastDeath: null, mendsDeath: false },
    ...{ safeMode: false, suspectSince: null },
  },
};

function view(changed: Partial<ServerStatus>, now = at): LiveView {
  return { status: { ...status, ...changed }, logsFolder: '/data/logs', joinCode: null, notice: null, now };
}

function terminal(isTTY: boolean, columns: number) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) > 0 };
}

test('a notice stays on the picture as long as its reason lasts', () => {
  const out = terminal(false, 80);
  const live = liveOutput(out);
  const message = 'Low disk space — 400 MB remaining. Data operations may fail.';
  live.show(
    view({ notices: [{ name: 'disk-low', level: 'warn', message, hint: 'Free space.', since: at }] }),
  );
  expect(out.written.join('')).toContain(`  ! ${message}\n    Free space.\n`);
});

test('a recovery that goes on is told once, not at each per cent; an age that grows neither', () => {
  const out = terminal(false, 80);
  const live = liveOutput(out);
  const recovery: Omit<RecoveryTold, 'working'> = {
    reason: 'missing',
    question: 'No database found. Restore from latest backup (1 hour ago)?',
    message: '',
    since: at,
    newest: null,
    unreachable: [],
    failure: null,
  };
  const working = (done: number) => ({ action: 'restore', phase: 'replaying', done, total: 100 }) as const;
  live.show(view({ state: 'recovery', recovery: { ...recovery, working: working(1) } }));
  expect(out.written.join('')).toContain('Working: restore: replaying, 1 %');
  live.show(view({ state: 'recovery', recovery: { ...recovery, working: working(2) } }));
  expect(out.written).toHaveLength(1);
  const lastRecovery: LastRecovery = {
    action: 'restore',
    at,
    asOf: at,
    epoch: 'two',
    branchSequence: 1,
    summary: ['Restored the backup.'],
    warnings: ['Two are missing.'],
  };
  live.show(view({ lastRecovery }, at + HOUR_MS));
  expect(out.written[1]).toContain(
    'Recovered (restore) 1 hour ago:\n    Restored the backup.\n    ! Two are missing.',
  );
  live.show(view({ lastRecovery }, at + 2 * HOUR_MS));
  expect(out.written).toHaveLength(2);
});

test('long lines are wrapped, and all of their rows are taken back at the next redraw', () => {
  const out = terminal(true, 41);
  const live = liveOutput(out);
  const message = 'Backups are paused: the disk is nearly full, and that is bad.';
  live.show(
    view({ notices: [{ name: 'backups-paused', level: 'error', message, hint: 'Free it.', since: at }] }),
  );
  const [first] = out.written;
  expect(first).toContain('  ! Backups are paused: the disk is\n    nearly full, and that is bad.\n');
  live.show(view({ clients: 3 }));
  const rows = (first ?? '').trimEnd().split('\n').length;
  expect(out.written[1]).toContain(`\u001b[${rows}A\u001b[0J`);
});
