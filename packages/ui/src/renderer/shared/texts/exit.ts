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
  consequence:
    'Work that is under way is finished first. Until the server is started again nobody can look anything up; what people save meanwhile waits on their PCs.',
  who: 'Connected now',
  whoMore: (count: number) => plural(count, { one: 'and # more', other: 'and # more' }),
  cancel: 'Cancel',
  confirm: 'Exit server',
  stopping: 'The server is stopping…',
  pending: (count: number) => (count === 0 ? 'What was under way is done.' : `${savesBeingFinished(count)}.`),
  forcedIn: (duration: string) => `What is not finished in ${duration} is ended, and sent again later.`,
  forcedNow: 'What is left is being ended; it is sent again later.',
  stopped: 'The server has stopped.',
  stoppedHint: 'You can close this window. To start the server again, start Masala on this PC.',
  notRunning: 'The server does not answer.',
  notRunningHint: 'It may have been stopped already. This page keeps trying.',
} as const;
