// The words of the page /.

import type { Life } from '../../../bridge/doors.ts';
import { plural } from '../plural.ts';
import {
  backupStates,
  clientsConnected,
  clientsCounted,
  documentKinds,
  pageNames,
  savesBeingFinished,
} from './vocabulary.ts';

export const dashboard = {
  title: pageNames.dashboard,

  /** What a card says while the core cannot be asked. */
  away: {
    'not-running': {
      title: 'Not connected to anything now',
      note: 'The server is not running. This shows again by itself as soon as it is.',
    },
    silent: {
      title: 'Not known at the moment',
      note: 'The server does not answer. This shows again by itself as soon as it does.',
    },
  },
  behind: { asOf: (time: string) => `As of ${time}.` },

  state: {
    running: 'The server is running',
    runningWith: (count: number) => `${clientsConnected(count)}. Everything that they save is on the disk.`,
    runningAlone: 'It waits for clients. A join code lets a desktop in.',
    attention: 'The server is running, and needs your attention',
    attentionAdvice: 'Clients go on saving. What to do stands above.',
    lost: 'No answer from the server',
    lostAdvice: 'The page keeps trying. If it lasts, start Masala again on this PC.',
    starting: 'The server is starting',
    startingAdvice: 'It is ready in a moment.',
    restarting: 'The server is being started again',
    restartingAdvice:
      'Its core ended. Nothing that was saved is lost; clients wait and connect by themselves.',
    suspect: 'The server does not answer',
    suspectAdvice: (elapsed: string) =>
      `Silent for ${elapsed}. It is restarted automatically if it does not come back; you need do nothing.`,
    recovery: 'The server waits for you',
    recoveryAdvice: 'Choose what to do about its database.',
    draining: 'The server is stopping',
    drainingAdvice: (pending: number) =>
      pending === 0 ? 'What was begun is finished first.' : `${savesBeingFinished(pending)} first.`,
    stopped: 'The server is stopped',
    stoppedAdvice: 'Nobody can save until it is started again.',
    stoppedBecause: (reason: string) => `Nobody can save until it is started again. Cause: ${reason}`,
    safeMode: 'Safe mode: nothing can be saved',
    safeModeAdvice:
      'It died several times in a short while. Look for the cause in the logs, then restart it.',
    locked: 'The licence has ended',
    lockedAdvice: 'Renew it to go on working. All data is kept.',
    readOnly: 'The server takes no changes at the moment',
    readOnlyAdvice: 'Clients can read. What they save waits with them.',
    degraded: 'The server is running, a part of it is being repaired',
    degradedAdvice: 'Saving goes on. The logs name the part.',
    addDevice: 'Add a device',
    uptime: (elapsed: string) => `Up for ${elapsed}`,
    address: (port: number) => `Port ${port}`,
    facts: 'About the server',
  },

  tiles: {
    label: 'Figures',
    clients: 'Clients connected',
    moreNames: (count: number) => plural(count, { one: '# more', other: '# more' }),
    clientsNote: (devices: number) =>
      devices === 0
        ? 'No device is paired yet'
        : `of ${plural(devices, { one: '# paired device', other: '# paired devices' })}`,
    saves: 'Saves per minute',
    savesNote: (last: string) => `Last save ${last}`,
    savesNone: 'None since they connected',
    savesNobody: 'Nobody is connected',
    p50: 'Half of them within',
    p99: '99 of 100 within',
    notMeasured: '–',
    backup: 'Last backup',
    away: { 'not-running': 'The server is not running.', silent: 'The server does not answer.' },
    backupNone: 'None yet',
    backupNoneGood: 'None',
    damaged: (count: number) =>
      plural(count, { one: 'The only one is damaged.', other: 'All # are damaged.' }),
    backupNoneNote: 'The first is made automatically.',
    states: backupStates,
    next: (when: string) => `next ${when}`,
    nextSoon: 'next in a moment',
    nextDue: 'next is due',
    paused: 'paused: the disk is nearly full',
    backupNow: 'Back up now',
    backupDone: (size: string) => `The backup is made and verified: ${size}.`,
    backupDoneUnverified: (size: string) => `The backup is made: ${size}. It is verified shortly.`,
    backupWorking: 'Backing up',
    disk: 'Free disk space',
    dataDrive: 'Data drive',
    secondDrive: 'Second drive',
    driveFree: (free: string, total: string) => `${free} free of ${total}`,
    driveUnknown: 'cannot be reached',
    secondNone: 'No second drive.',
    secondSet: 'Choose one',
  },

  chart: {
    title: 'The last 30 minutes',
    saves: 'Saves per minute',
    p50: 'Half within',
    p99: '99 of 100 within',
    summary: (average: string, highest: string) =>
      `Saves per minute over the last 30 minutes: ${average} on average, ${highest} at most.`,
    summaryLatency: (p50: string, p99: string) =>
      `Half of the saves were answered within ${p50}, 99 of 100 within ${p99} in the slowest ten seconds.`,
    summaryGaps: (count: number) =>
      plural(count, {
        one: 'For one stretch no server was running.',
        other: 'For # stretches no server was running.',
      }),
    empty: 'Nothing was saved in the last 30 minutes.',
    emptyNote: 'As soon as a client saves, it shows here.',
    noData: 'No figures yet',
    noDataNote: 'The server counts from its start; the first point comes within seconds.',
    asTable: 'Show as a table',
    asChart: 'Show as a chart',
    time: 'Time',
    noServer: 'no server',
    at: (time: string) => `at ${time}`,
    now: 'last 10 seconds',
  },

  clients: {
    title: 'Clients',
    all: 'All clients and devices',
    device: 'Device',
    address: 'Address',
    since: 'Connected',
    lastSave: 'Last save',
    saves: 'Saves',
    noSave: 'none yet',
    more: (count: number) => `and ${clientsCounted(count)} more`,
    empty: 'No client is connected',
    emptyNote: 'Make a join code here, and type it on the desktop that is to work with this server.',
    emptyAction: 'Add a device',
  },

  restarts: {
    title: 'Restarts',
    label: 'Starts and ends of the server, newest first',
    frame: 'Restarts, list',
    logs: pageNames.logs,
    running: 'Running now',
    starting: 'Starting now',
    runningSince: (elapsed: string) => `for ${elapsed} without interruption`,
    causes: {
      hung: 'It hung and was ended',
      killed: 'It was killed from outside',
      exited: 'It ended by itself',
      'start-timeout': 'It did not get ready, and was ended',
      'stop-timeout': 'It did not stop in time, and was ended',
      'spawn-failed': 'It could not be started',
      unknown: 'It ended, nobody saw how',
      stopped: 'Stopped in order',
    } as const satisfies Record<NonNullable<Life['cause']>, string>,
    back: (elapsed: string) => `back after ${elapsed}`,
    notBack: 'not started since',
    served: (elapsed: string) => `served for ${elapsed}`,
    neverServed: 'never got ready',
    signal: (signal: string) => `signal ${signal}`,
    exitCode: (code: number) => `exit code ${code}`,
    more: (count: number) => plural(count, { one: 'Show # earlier', other: 'Show # earlier' }),
    fewer: 'Show fewer',
    empty: 'No restart on record',
    emptyNote: 'Should the server ever end, it says here why.',
  },

  documents: {
    title: 'Latest documents',
    all: pageNames.stock,
    label: 'Documents, newest first',
    kinds: documentKinds,
    draft: 'Draft',
    reversed: 'Reversed',
    reversal: 'Reversal',
    lines: (count: number) => plural(count, { one: '# line', other: '# lines' }),
    empty: 'No documents yet',
    emptyNote: 'What the desktops book shows here at once.',
  },

  report: {
    restore: 'The database was restored',
    salvage: 'The database was salvaged',
    fresh: 'A new, empty database was begun',
    asOf: (when: string) => `It is as it was on ${when}.`,
    asOfNothing: 'It is empty.',
    done: (when: string) => `Done ${when}.`,
    warnings: 'Please note',
  },
} as const;
