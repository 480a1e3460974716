// The catalogue of what tray, notifications and the questions on a terminal say to a person.

import { plural, type ServerCondition } from '@masala/protocol/tables';

/** Counts in words: "1 client", "1,200 clients". */
export const counted = {
  clients: (count: number) => plural(count, { one: '# client', other: '# clients' }),
  saves: (count: number) => plural(count, { one: '# save', other: '# saves' }),
  commands: (count: number) => plural(count, { one: '# command', other: '# commands' }),
  documents: (count: number) => plural(count, { one: '# document', other: '# documents' }),
  backups: (count: number) => plural(count, { one: '# backup', other: '# backups' }),
} as const;

export const texts = {
  tray: {
    tooltip: (name: string, words: string) => `${name}: ${words}`,
    /** Where clients save, what is to be said of it stands before this. */
    conditions: {
      starting: 'starting',
      restarting: 'being started again',
      recovery: 'the database needs your decision',
      suspect: 'it does not answer',
      draining: 'stopping',
      stopped: 'stopped',
      'safe-mode': 'safe mode: nothing can be saved',
      locked: 'locked: the licence has ended',
      'read-only': 'read-only',
      degraded: 'running, with a fault: see the log',
    } satisfies Record<Exclude<ServerCondition, 'running'>, string>,
    recovering: 'the database is being recovered',
    running: (clients: number) => `running, ${counted.clients(clients)}`,
  },
  notifications: {
    hidden: { title: 'Masala', body: 'Server is running in background' },
    exitByCommand: {
      title: 'The dashboard could not be opened',
      body: 'To stop the server type: masala-server stop',
    },
    dashboardUnavailable: {
      title: 'The dashboard could not be opened',
      body: 'The server runs on. To see how it is type: masala-server status',
    },
    restartedAfterHang: {
      title: 'The server was restarted',
      body: 'It did not answer any more. The desktops go on by themselves; nothing is lost.',
    },
    recovery: 'Nobody can save until you choose: open the dashboard, or type masala-server recover.',
    givenUp: {
      title: 'The server has stopped and cannot start by itself',
      body: 'The dashboard shows why; masala-server restart tries again.',
    },
  },
  stop: {
    question: (clients: number) =>
      `${plural(clients, { one: '# client is', other: '# clients are' })} connected. Are you sure?`,
    refused: 'The server runs on.',
  },
} as const;
