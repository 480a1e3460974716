// A test's status of a server that runs well; each test says what is different.

import type { ServerStatus } from '@masala/protocol/control';

export const runningStatus: ServerStatus = {
  state: 'running',
  flags: [],
  name: 'Depot',
  serverId: 'ab'.repeat(32),
  epoch: 'epoch-1',
  dataDir: '/data',
  port: 8090,
  clients: 4,
  stopping: null,
  supervisor: { pid: 10, startedAt: 1_000 },
  core: {
    pid: 11,
    state: 'running',
    startedAt: 1_000,
    safeMode: false,
    suspectSince: null,
    restarts: 0,
    lastDeath: null,
    mendsDeath: false,
  },
  notices: [],
  recovery: null,
  lastRecovery: null,
  work: [],
};
