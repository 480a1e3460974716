// run/dashboard.json, by which the supervisor and commands find the host of the dashboard: told when it listens, and taken away
// when it ends. Both hosts use it.

import { processStartOf, readRunFile, removeRunFile, writeRunFile } from '@masala/protocol/control';

const FILE = 'dashboard.json';

/** Says where this process listens. On a full disk they still find the socket, and the dashboard is needed most then. */
export function announce(
  dataDir: string,
  control: string,
  log: (event: 'dashboard.fault', fields: Readonly<Record<string, unknown>>) => void,
): void {
  const processStart = processStartOf(process.pid);
  try {
    writeRunFile(dataDir, FILE, { pid: process.pid, startedAt: Date.now(), processStart, control });
  } catch (error) {
    log('dashboard.fault', { error });
  }
}

/** Nobody is to look for us any more. The file may be the next host's already, where somebody took our socket away. */
export function withdraw(dataDir: string): void {
  if (readRunFile(dataDir, FILE)?.pid === process.pid) removeRunFile(dataDir, FILE);
}
