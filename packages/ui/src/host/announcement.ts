// run/dashboard.json, by which the supervisor and commands find the host of the dashboard: told when it listens, and taken away
// when it ends. Both hosts use it.

import { processStartOf, readRunFile, removeRunFile, writeRunFile } from '@masala/protocol/control';

const FILE = 'dashboard.json';

type FaultLog = (event: 'dashboard.fault', fields: Readonly<Record<string, unknown>>) => void;

/** Says where this process listens. On a full disk they still find the socket, and the dashboard is needed most then. */
export function announce(dataDir: string, control: string, log: FaultLog): void {
  const processStart = processStartOf(process.pid);
  try {
    writeRunFile(dataDir, FILE, { pid: process.pid, startedAt: Date.now(), processStart, control });
  } catch (error) {
    log('dashboard.fault', { error });
  }
}

/** Nobody is to look for us any more. The file may be the next host's already, where somebody took our socket away. */
export function withdraw(dataDir: string, log: FaultLog): void {
  try {
    if (readRunFile(dataDir, FILE)?.pid === process.pid) removeRunFile(dataDir, FILE);
  } catch (error) {
    log('dashboard.fault', { error }); // it must not keep us from ending
  }
}
