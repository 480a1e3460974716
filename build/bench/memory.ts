// Resident memory of supervisor and core beside a bare Node: reported, not bounded.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRow, BenchSetting } from './bench.ts';
import { end } from './processes.ts';
import { startOurSupervisor } from './supervised.ts';

export async function benchMemory({ folder, say }: BenchSetting): Promise<BenchRow[]> {
  if (process.platform !== 'linux') {
    say('memory: left out, since it is read from /proc');
    return [];
  }
  say('memory: an idle server beside a bare Node');
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log()'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(bare.stdout, 'data');
  const server = await startOurSupervisor(join(folder, 'memory'));
  try {
    const bareMebibytes = residentMebibytes(bare.pid ?? 0);
    const row = (name: string, pid: number): BenchRow => {
      const ours = residentMebibytes(pid);
      return {
        name,
        unit: 'MiB',
        ours,
        peer: bareMebibytes,
        peerName: 'bare Node',
        ratio: ours / bareMebibytes,
      };
    };
    return [
      row('resident memory of the supervisor', server.supervisorPid),
      row('resident memory of the core', await server.corePid()),
    ];
  } finally {
    await server.stop();
    await end(bare);
  }
}

function residentMebibytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line === null) throw new Error(`no memory is told of process ${pid}`);
  return Number(line[1]) / 1024;
}
