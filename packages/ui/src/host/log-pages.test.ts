import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogPage, LogQuery } from '../bridge/logs.ts';
import { readLogPage } from './log-pages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(time: number, more: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify({ level: 'info', time, pid: 1, event: 'core.running', msg: 'It runs.', ...more })}\n`;
}

function lines(from: number, to: number, step = 1): string {
  let text = '';
  for (let time = from; time < to; time += step) text += line(time);
  return text;
}

const bounds = { linesMax: 200, bytesMax: 4 * 1024 * 1024 };

async function readAll(query: LogQuery, own = bounds): Promise<{ times: number[]; pages: LogPage[] }> {
  const pages: LogPage[] = [];
  for (let before: string | undefined; ; ) {
    const page = await readLogPage(folder, { ...query, ...(before === undefined ? {} : { before }) }, own);
    pages.push(page);
    if (page.next === null)
      return { times: pages.flatMap((one) => one.lines.map(({ time }) => time)), pages };
    before = page.next;
  }
}

const downFrom = (newest: number, count: number) =>
  Array.from({ length: count }, (_, index) => newest - index);

test('no logs are an empty page', async () => {
  expect(await readLogPage(folder, {})).toEqual({ lines: [], next: null });
  expect(await readLogPage(join(folder, 'missing'), {})).toEqual({ lines: [], next: null });
});

test('a line is told whole', async () => {
  writeFileSync(join(folder, 'core.log'), line(5, { level: 'warn', error: { message: 'Grüße', code: 'X' } }));
  const { lines: told } = await readLogPage(folder, {});
  expect(told).toEqual([
    {
      id: expect.stringMatching(/^\d+:\d+:5$/),
      file: 'core',
      time: 5,
      level: 'warn',
      event: 'core.running',
      message: 'It runs.',
      fields: { pid: 1, error: { message: 'Grüße', code: 'X' } },
    },
  ]);
});

test('pages go back through both logs and the files that they were turned over into, each line once', async () => {
  writeFileSync(join(folder, 'core.log.2'), lines(0, 700, 2));
  writeFileSync(join(folder, 'core.log.1'), lines(700, 1_400, 2));
  writeFileSync(join(folder, 'core.log'), lines(1_400, 2_000, 2));
  writeFileSync(join(folder, 'supervisor.log'), lines(1, 2_000, 2));
  const { times, pages } = await readAll({});
  expect(times).toEqual(downFrom(1_999, 2_000));
  expect(pages.every((page) => page.lines.length <= 200)).toBe(true);
  expect((await readAll({ file: 'supervisor' })).times).toHaveLength(1_000);
});

test('a bounded question reads on where it ended, whatever the chunks cut', async () => {
  const wide = 'ä'.repeat(40_000); // lines longer than a chunk, of letters that two bytes make
  let text = '';
  for (let time = 0; time < 20; time++) text += line(time, time % 3 === 0 ? { wide } : {});
  writeFileSync(join(folder, 'core.log'), text);
  writeFileSync(join(folder, 'supervisor.log'), lines(20, 30));
  const { times, pages } = await readAll({}, { linesMax: 3, bytesMax: 1 });
  expect(times).toEqual(downFrom(29, 30));
  expect(pages.length).toBeGreaterThan(10);
});

test('a log that grows and is turned over between two pages loses and repeats nothing', async () => {
  writeFileSync(join(folder, 'core.log'), lines(0, 300));
  const first = await readLogPage(folder, {});
  appendFileSync(join(folder, 'core.log'), lines(300, 310));
  renameSync(join(folder, 'core.log'), join(folder, 'core.log.1'));
  writeFileSync(join(folder, 'core.log'), lines(310, 320));
  const second = await readLogPage(folder, { before: first.next ?? '' });
  expect(first.lines.map(({ time }) => time)).toEqual(downFrom(299, 200));
  expect(second.lines.map(({ time }) => time)).toEqual(downFrom(99, 100));
  expect(second.next).toBeNull();
});

test('a page whose file was removed meanwhile ends the search', async () => {
  writeFileSync(join(folder, 'core.log'), lines(0, 300));
  const { next } = await readLogPage(folder, {});
  rmSync(join(folder, 'core.log'));
  expect(await readLogPage(folder, { before: next ?? '' })).toEqual({ lines: [], next: null });
});

test('torn lines are skipped, endless ones too', async () => {
  const torn = `${'x'.repeat(700_000)}\n{"level":"info","time":\n\n`;
  writeFileSync(join(folder, 'core.log'), `${line(1)}${torn}${line(2)}{"level":"in`);
  expect((await readAll({})).times).toEqual([2, 1]);
});

test('a line that another program wrote is told as it can be shown, and one whose time no calendar has is skipped', async () => {
  const strange = line(2, { event: 7, msg: { toString: 1 } });
  writeFileSync(
    join(folder, 'core.log'),
    `${line(1)}${strange}${line(8.64e15 + 1)}${line(-1e30)}null\n42\n[]\n`,
  );
  const { pages, times } = await readAll({});
  expect(times).toEqual([2, 1]);
  expect(pages[0]?.lines[0]).toMatchObject({ event: '7', message: '{"toString":1}' });
});

test('filters by level, event, words and time', async () => {
  const rows = [
    line(1, { level: 'debug', event: 'backup.made' }),
    line(2, { level: 'warn', event: 'backup.failed', reason: 'The Drive is full' }),
    line(3, { level: 'error', event: 'core.died' }),
    line(4, { level: 'info', event: 'core.backup' }),
  ];
  writeFileSync(join(folder, 'core.log'), rows.join(''));
  const timesOf = async (query: LogQuery) => (await readAll(query)).times;
  expect(await timesOf({ level: 'warn' })).toEqual([3, 2]);
  expect(await timesOf({ event: 'backup.' })).toEqual([2, 1]);
  expect(await timesOf({ text: 'drive IS' })).toEqual([2]);
  expect(await timesOf({ since: 2, until: 3 })).toEqual([3, 2]);
});

test('what is older than asked for is not searched to its end', async () => {
  writeFileSync(join(folder, 'core.log'), lines(0, 100_000));
  const page = await readLogPage(folder, { since: 99_990 });
  expect(page.lines).toHaveLength(10);
  expect(page.next).toBeNull();
});

test('a cursor that is none of ours is refused', async () => {
  const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const before of [
    'x',
    cursorOf({ core: { file: 1, offset: 0 } }),
    cursorOf({ core: { file: '1', offset: -1 } }),
  ])
    await expect(readLogPage(folder, { before })).rejects.toMatchObject({ code: 'PARAMS_INVALID' });
  const stranger = cursorOf({ core: { file: '../../etc/passwd', offset: 100 } });
  expect(await readLogPage(folder, { before: stranger })).toEqual({ lines: [], next: null });
});
