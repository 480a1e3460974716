// What `masala-server start` shows while it runs: drawn over and over in a terminal, one line a change elsewhere.

import type { ServerStatus } from '@masala/protocol/control';

export interface LiveView {
  readonly status: ServerStatus;
  readonly logsFolder: string;
  /** Null while none is needed, or none could be made yet. */
  readonly joinCode: { readonly code: string; readonly expiresAt: number } | null;
  /** The last thing that happened and is worth a line: a death, a stop that takes its time. */
  readonly notice: string | null;
}

/** The lines of a view, the same for both kinds of output. */
export function liveLines({ status, logsFolder, joinCode, notice }: LiveView): string[] {
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
  lines.push(`  logs     ${logsFolder}`);
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
  return {
    show(view) {
      const lines = liveLines(view);
      if (lines.join('\n') === shown.join('\n')) return;
      if (out.isTTY === true) {
        // A line that wraps would take two rows, and the next redraw would leave one of them behind.
        const cut = lines.map((line) => line.slice(0, Math.max(20, (out.columns ?? 80) - 1)));
        const up = shown.length === 0 ? '' : `\u001b[${shown.length}A\u001b[0J`;
        out.write(`${up}${cut.join('\n')}\n`);
      } else {
        const changed = lines.filter((line) => !shown.includes(line));
        if (changed.length > 0) out.write(`${changed.join('\n')}\n`);
      }
      shown = lines;
    },
  };
}
