// The words of the page /exit: who is still at work, how far the stop is, and that it is done.

import { plural } from '../plural.ts';
import { clientsConnected, savesBeingFinished } from './vocabulary.ts';

export const exit = {
  title: 'Exit server',
  question: (clients: number) =>
    clients === 0
      ? 'No clients are connected. Exit the server?'
      : `${clientsConnected(clients)}. Are you sure?`,
  unknown: 'The core does not answer. Exit the server?',
  notServing: 'The server is not running. Exit it altogether?',
  notServingConsequence:
    'Nobody can look anything up or save. The program that watches over the server ends, too; to start the server again, start Masala on this PC.',
  consequence:
    'Work that is under way is finished first. Until the server is started again nobody can look anything up; what people save meanwhile waits on their PCs.',
  who: 'Connected now',
  whoMore: (count: number) => plural(count, { one: 'and # more', other: 'and # more' }),
  cancel: 'Cancel',
  confirm: 'Exit server',
  stopping: 'The server is stopping…',
  steps: {
    asked: 'Tell the core to stop',
    draining: 'Finish what was asked',
    clients: 'Disconnect the clients',
    work: 'End backups and checks',
    database: 'Write everything into the database and close it',
  },
  stepDone: 'done',
  /** What is waited for, by the step; null where the core has not said that it stops. */
  awaited: (phase: 'draining' | 'clients' | 'work' | 'database' | null, pending: number) => {
    switch (phase) {
      case null:
        return 'Waiting for the core to answer. If it stays silent it is ended; what it had not finished is sent again later.';
      case 'draining':
      case 'clients':
        return pending === 0 ? 'What was under way is done.' : `${savesBeingFinished(pending)}.`;
      case 'work':
        return 'Waiting for a backup or a check to let go. It is done again after the next start.';
      case 'database':
        return 'Waiting for the disk. Leave the PC switched on until it is done.';
    }
  },
  silent: 'Waiting for the server to say that it has ended.',
  forcedIn: (duration: string) => `What is not finished in ${duration} is ended, and sent again later.`,
  forcedNow: 'What is left is being ended; it is sent again later.',
  stopped: 'The server has stopped.',
  stoppedHint: 'You can close this window. To start the server again, start Masala on this PC.',
  lost: 'The server was stopping, and no longer answers.',
  lostHint:
    'Nothing says that it has ended. Look at it with `masala-server status`, or start Masala again: it finds out by itself. This page keeps trying.',
  notRunning: 'The server does not answer.',
  notRunningHint: 'It may have been stopped already. This page keeps trying.',
} as const;
