// `masala-server lives`: how the core lived and ended, asked of the supervisor, or read where none runs.

import type { Life } from '@masala/protocol/control';
import { exitCodeNamed, exitCodes } from '@masala/protocol/tables';
import { readLives } from '../supervise/lives-file.ts';
import { type OutputOptions, printResult } from './output.ts';
import { reach } from './reach.ts';
import { tableLines } from './words.ts';

export async function listLives(dataDir: string, options: OutputOptions): Promise<number> {
  const reached = await reach(dataDir);
  try {
    const lives =
      reached.by === 'supervisor'
        ? (await reached.connection.call('lives.list', {})).lives
        : readLives(dataDir, () => undefined);
    const isDown = reached.by === 'nobody' && reached.processes.length === 0;
    const rows = lives.flatMap((life) => describeLife(life, isDown));
    printResult(lives, lives.length === 0 ? ['The core has not lived yet.'] : rows, options);
    return exitCodes.OK.code;
  } finally {
    if (reached.by !== 'nobody') reached.connection.close();
  }
}

/** `isDown`: no process is there, so a life without an end had one that nobody saw. */
function describeLife(life: Life, isDown: boolean): string[] {
  const { pid, startedAt, endedAt, servedAt, reason } = life;
  const end = endedAt === null ? (isDown ? 'its end was not seen' : 'lives') : `to ${timeText(endedAt)}`;
  const [line = ''] = tableLines([[timeText(startedAt), end, `pid ${pid}`, howEnded(life)]]);
  return [
    servedAt === null && endedAt !== null ? `${line} (it never served)` : line,
    ...(reason === null ? [] : reason.split('\n').map((part) => `    ${part}`)),
  ];
}

function howEnded({ cause, exitCode, signal }: Life): string {
  const name = exitCodeNamed(exitCode)?.name;
  const code = exitCode === null ? null : `exit code ${exitCode}${name === undefined ? '' : ` ${name}`}`;
  return [cause, code, signal].filter((part) => part !== null).join(', ');
}

function timeText(utcMs: number): string {
  return new Date(utcMs).toLocaleString();
}
