// The log on a disk without a byte left: it loses lines, counts them, tells it, and hurts nobody.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnSmallFileSystem, SmallFileSystem } from '../../../build/testing/small-file-system.ts';
import { openLog } from './log.ts';

/** More than the rest of a page, in which the file system still takes lines when it is full. */
const LINES = 200;
/** The log opens its file anew at most this often; here the clock is the test's. */
const OPENED_ANEW_MS = 60_000;

describeOnSmallFileSystem(import.meta.filename, 'the log on a full disk', () => {
  let folder: string;
  let disk: SmallFileSystem;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masala-full-log-'));
    disk = new SmallFileSystem(join(folder, 'disk'), 2);
  });

  afterEach(() => {
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const text = () => {
    const path = join(disk.path, 'logs', 'core.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  /** Whole lines; the torn one is left out. */
  const lines = () =>
    text()
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test('lines are lost and counted; with space it goes on and says how many', async () => {
    let now = 0;
    const log = openLog(disk.path, 'info', () => now);
    log.line('core.starting', {});
    await until(() => lines().length === 1);
    disk.fill();
    for (let line = 0; line < LINES; line++) log.line('store.disk-full', { line });
    await until(() => log.lostLines > 0);
    disk.empty();
    await until(() => {
      now += OPENED_ANEW_MS;
      log.line('store.disk-full.over', {});
      return lines().some(({ event }) => event === 'log.lines.lost');
    });
    await log.close();
    // Each whole line is one, also the first after the torn one.
    expect(text().match(/"level"/g)?.length).toBeLessThanOrEqual(lines().length + 1);
    expect(lines()[0]).toMatchObject({ event: 'core.starting' });
  });

  test('last words on a full disk end in silence, not in another fault', () => {
    const log = openLog(disk.path, 'info', () => 0);
    disk.fill();
    log.lastWords();
    for (let line = 0; line < LINES; line++) log.line('core.fault', { line });
    expect(log.lostLines).toBeGreaterThan(0);
  });
});
