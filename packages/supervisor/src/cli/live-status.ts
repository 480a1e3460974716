// What `masala-server start` shows while it runs: drawn over and over in a terminal, one line a change elsewhere.

import type { ServerStatus } from '@masala/protocol/control';
import { describeCare } from './describe-recovery.ts';

export interface LiveView {
  readonly status: ServerStatus;
  readonly logsFolder: string;
  /** Null while none is needed, or none could be made yet. */
  readonly joinCode: { readonly code: string; readonly expiresAt: number } | null;
  /** The last thing that happened and is worth a line: a death, a stop that takes its time. */
  readonly notice: string | null;
  /** UTC ms, for ages. */
  readonly now: number;
}

/** The lines of a view, the same for both kinds of output. */
export function liveLines({ status, logsFolder, joinCode, notice, now }: LiveView): string[] {
  const flags = status.flags.length > 0 ? ` (${status.flags.join(', ')})` : '';
  const lines = [
    `Masala server: ${status.state}${flags}`,
    `  port     ${status.port ?? '-'}`,
    `  clients  ${status.clients}`,
  ];
  if (joinCode !== null) {
    const until = new Date(joinCode.expiresAt).toLocaleTimeString();
    lines.push(`  join     ${joinCode.code} until ${until}: on another PC run masala pair ${joinCode.code}`);
  }
  lines.push(`  logs     ${logsFolder}`, ...describeCare(status, now).map((line) => `  ${line}`));
  if (notice !== null) lines.push(`  ${notice}`);
  return lines;
}

export interface LiveOutput {
  show(view: LiveView): void;
}

export type Terminal = Pick<NodeJS.WriteStream, 'write'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** Redraws in place on a terminal; elsewhere prints the lines that have changed. */
export function liveOutput(out: Terminal): LiveOutput {
  let shown: string[] = [];
  let rowsShown = 0;
  return {
    show(view) {
      const lines = liveLines(view);
      if (lines.join('\n') === shown.join('\n')) return;
      if (out.isTTY === true) {
        // Wrapped here and not by the terminal, so that the next redraw knows how many rows to take back.
        const rows = lines.flatMap((line) => wrap(line, Math.max(20, (out.columns ?? 80) - 1)));
        const up = rowsShown === 0 ? '' : `\u001b[${rowsShown}A\u001b[0J`;
        out.write(`${up}${rows.join('\n')}\n`);
        rowsShown = rows.length;
      } else {
        const before = shown.map(withoutClock);
        const changed = lines.filter((line) => !before.includes(withoutClock(line)));
        if (changed.length > 0) out.write(`${changed.join('\n')}\n`);
      }
      shown = lines;
    },
  };
}

/** An age or a percentage that has moved on is no news in a log. */
function withoutClock(line: string): string {
  return line.replace(/just now|\d+ (day|hour|minute)s? ago|\d+ %/g, '');
}

/** Broken at blanks; what follows is indented like the line. */
function wrap(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const rows: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > indent.length ? blank : width;
    rows.push(rest.slice(0, end).trimEnd());
    rest = `${indent}  ${rest.slice(end).trimStart()}`;
  }
  return [...rows, rest];
}
