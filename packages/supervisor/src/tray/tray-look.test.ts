// What the tray shows for each state of the server, and that its icons are what a desktop can read.
import { inflateSync } from 'node:zlib';
import type { NoticeTold, RecoveryTold, ServerStatus } from '@masala/protocol/control';
import { runningStatus } from '../fixtures/statuses.ts';
import { drawIcon, type TrayColour } from './icon-drawing.ts';
import { iconFile } from './icon-file.ts';
import { trayLook } from './tray-look.ts';

const notice = (level: NoticeTold['level'], message: string): NoticeTold => ({
  name: 'disk-low',
  level,
  message,
  hint: '',
  since: 1,
});
const lastDeath = {
  at: 1,
  cause: 'killed',
  exitCode: null,
  signal: 'SIGKILL',
  reason: null,
  stderrTail: null,
} as const;
const recovery: RecoveryTold = {
  reason: 'missing',
  question: 'No database found.',
  message: '',
  since: 1,
  newest: null,
  unreachable: [],
  working: null,
  failure: null,
};
const core = runningStatus.core;

const looks: readonly (readonly [string, Partial<ServerStatus>, TrayColour, string])[] = [
  ['runs', {}, 'green', 'Depot: running, 4 clients'],
  ['has one client', { clients: 1 }, 'green', 'Depot: running, 1 client'],
  ['has many clients', { clients: 1_200 }, 'green', 'Depot: running, 1,200 clients'],
  ['has something to say', { notices: [notice('info', 'x')] }, 'green', 'Depot: running, 4 clients'],
  ['starts', { state: 'starting' }, 'amber', 'Depot: starting'],
  [
    'is started again',
    { state: 'starting', core: { ...core, lastDeath, mendsDeath: true } },
    'amber',
    'Depot: being started again',
  ],
  [
    'somebody starts, though it died some time',
    { state: 'starting', core: { ...core, lastDeath } },
    'amber',
    'Depot: starting',
  ],
  ['does not answer', { core: { ...core, suspectSince: 1 } }, 'amber', 'Depot: it does not answer'],
  ['is low on disk', { notices: [notice('warn', 'Low disk.')] }, 'amber', 'Depot: Low disk.'],
  [
    'has two notices: the error is told',
    { notices: [notice('warn', 'Low disk.'), notice('error', 'Backups are paused.')] },
    'amber',
    'Depot: Backups are paused.',
  ],
  ['is degraded', { flags: ['degraded'] }, 'amber', 'Depot: running, with a fault: see the log'],
  ['stops', { state: 'draining' }, 'amber', 'Depot: stopping'],
  ['has stopped', { state: 'stopped' }, 'red', 'Depot: stopped'],
  ['waits for a recovery', { state: 'recovery', recovery }, 'red', 'Depot: the database needs your decision'],
  [
    'is being recovered',
    {
      state: 'recovery',
      recovery: { ...recovery, working: { action: 'restore', phase: 'replaying', done: 1, total: 2 } },
    },
    'amber',
    'Depot: the database is being recovered',
  ],
  [
    'is in safe mode',
    { flags: ['read-only'], core: { ...core, safeMode: true } },
    'red',
    'Depot: safe mode: nothing can be saved',
  ],
  ['is locked', { flags: ['locked'] }, 'red', 'Depot: locked: the licence has ended'],
];

test.each(looks)('a server that %s', (_what, change, colour, tooltip) => {
  expect(trayLook({ ...runningStatus, ...change })).toEqual({ colour, tooltip });
});

test('a tooltip is no longer than Windows shows', () => {
  const { tooltip } = trayLook({ ...runningStatus, notices: [notice('warn', 'x'.repeat(300))] });
  expect(tooltip).toHaveLength(127);
  expect(tooltip.endsWith('…')).toBe(true);
});

const colours = ['green', 'amber', 'red'] as const;

test('the three icons differ in shape, not only in colour', () => {
  const silhouettes = colours.map((colour) => {
    const { bytes } = drawIcon(colour, 16);
    return Array.from({ length: 256 }, (_, index) => (Number(bytes[index * 4 + 3]) > 127 ? '#' : '.')).join(
      '',
    );
  });
  const [green = '', amber = '', red = ''] = silhouettes;
  const difference = (a: string, b: string) => [...a].filter((dot, index) => dot !== b[index]).length;
  for (const pair of [difference(green, amber), difference(green, red), difference(amber, red)]) {
    expect(pair).toBeGreaterThan(20);
  }
});

test('a PNG has its pixels, whole and checked', () => {
  const png = iconFile('green', 'linux');
  expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64]);
  const length = png.readUInt32BE(33);
  expect(png.toString('latin1', 37, 41)).toBe('IDAT');
  expect(inflateSync(png.subarray(41, 41 + length))).toHaveLength(64 * (64 * 4 + 1));
});

test.each(colours)('a Windows icon names its pictures and has them: %s', (colour) => {
  const ico = iconFile(colour, 'win32');
  expect([ico.readUInt16LE(0), ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([0, 1, 4]);
  for (const [index, size] of [16, 20, 24, 32].entries()) {
    const entry = 6 + index * 16;
    expect(ico[entry]).toBe(size);
    const [length, offset] = [ico.readUInt32LE(entry + 8), ico.readUInt32LE(entry + 12)];
    expect(offset + length).toBeLessThanOrEqual(ico.length);
    expect([ico.readUInt32LE(offset), ico.readInt32LE(offset + 4), ico.readInt32LE(offset + 8)]).toEqual([
      40,
      size,
      size * 2,
    ]);
  }
});
