// The words of the page /backups: what there is to go back to, how old it is, and what going back would undo.

import { plural } from '../plural.ts';
import {
  backupKinds,
  backupStates,
  changesCounted,
  documentKinds,
  documentsCounted,
  pageNames,
} from './vocabulary.ts';

export const backups = {
  title: pageNames.backups,
  lead: 'Copies of the database, made automatically while people work.',
  now: 'Back up now',
  toFolder: 'Back up to a folder…',
  verifyAll: 'Verify all',
  more: 'More',
  listTitle: 'What there is to go back to',
  list: 'Backups, newest first',
  none: 'No backup yet',
  noneHint: 'The first one is made automatically after the first change. Or make one now.',
  newest: 'Newest backup',
  noneYet: 'None yet',
  next: 'Next backup',
  nextDue: 'Due now',
  nextHint: 'Only when something has changed.',
  paused: 'Paused',
  pausedHint: 'The disk is nearly full.',
  notServed: 'Not now',
  notServedHint: 'No database is being served.',
  second: 'Second drive',
  noSecond: 'None',
  noSecondHint: 'One broken disk would take data and backups.',
  chooseSecond: 'Choose a folder',
  journal: {
    current: 'Up to date',
    currentHint: 'Every change is there, too.',
    behind: 'Behind',
    behindHint: (count: number | null) =>
      count === null
        ? 'It catches up automatically.'
        : `${changesCounted(count)} behind; it catches up automatically.`,
    unreachable: 'Unreachable',
    unreachableHint: 'Plug the drive in. Saves go on.',
  },
  unreachable: (folder: string) => `The folder ${folder} cannot be reached.`,
  unreachableHint: 'What it has is not shown. Plug the drive in; the list fills by itself.',
  columns: {
    made: 'Made',
    kind: 'Kind',
    place: 'Place',
    size: 'Size',
    documents: 'Documents',
    state: 'State',
    actions: 'Actions',
  },
  kinds: backupKinds,
  places: { data: 'This PC', second: 'Second drive', path: 'Folder' },
  states: backupStates,
  verify: 'Verify',
  verifyOf: (moment: string) => `Verify the backup of ${moment}`,
  restore: 'Restore…',
  restoreOf: (moment: string) => `Restore the backup of ${moment}`,
  working: {
    backup: 'A backup is being made',
    verify: 'Backups are being verified',
    restore: 'A restore begins: the present database is backed up first',
  },
  underWay: 'Under way',
  waiting: 'Waiting for its turn',
  /** By the server's names of what is being done; a newer server may have others. */
  phases: {
    copy: 'Copying the database',
    compress: 'Compressing',
    place: 'Writing it in its place',
    unpack: 'Unpacking',
    check: 'Checking the structure',
    ledger: 'Adding up the stock',
  } as Readonly<Record<string, string>>,
  made: (size: string) => `Backup made (${size}).`,
  checked: (good: number, damaged: number) =>
    damaged === 0
      ? plural(good, { one: 'The backup is good.', other: 'All # backups are good.' })
      : plural(damaged, { one: '# backup is damaged.', other: '# backups are damaged.' }),
  folder: {
    title: 'Back up to a folder',
    description: 'For a USB drive that goes home with you. The folder must be there already.',
    label: 'Folder',
    hint: 'From its root, such as E:\\Masala or /media/usb/masala.',
    make: 'Back up',
    checking: 'Looking at the folder…',
    good: (free: string | null) =>
      free === null ? 'Good: a drive of its own.' : `Good: a drive of its own, with ${free} free.`,
    sameDisk: 'This folder is on the same disk as the data.',
    sameDiskHint: 'One broken disk would take both. Better choose another drive.',
    empty: 'Name a folder.',
    makeAnyway: 'Back up there all the same',
  },
  preview: {
    title: 'Restore this backup?',
    changed: 'Something has changed since you looked. Read what it would undo now, then confirm again.',
    newestDocument: (number: string, age: string) => `The newest of them is ${number}, booked ${age}.`,
    busy: 'The present database is backed up first. Then the server goes down for a moment, and comes back by itself.',
    of: (moment: string, age: string) => `The database becomes what it was on ${moment} (${age}).`,
    comparing: 'Comparing it with the present database…',
    undoesNothing: 'Nothing would be undone: nothing was booked since.',
    undoes: (commandCount: number, documentCount: number) =>
      documentCount === 0
        ? `${changesCounted(commandCount)} made since would be undone, none of them a document.`
        : `${changesCounted(commandCount)} made since would be undone, among them ${documentsCounted(documentCount)}.`,
    more: (count: number) => `and ${documentsCounted(count)} more`,
    incomparable:
      'It cannot be compared with the present database. Whatever is only in the present one would be gone from the server.',
    kept: 'The present database is kept aside. The desktops offer to send their own changes again. Everybody is disconnected for a moment.',
    label: 'What would be undone',
    columns: { number: 'Number', kind: 'Kind', partner: 'Partner', at: 'Booked' },
    noNumber: '—',
    /** What is typed before something is destroyed. */
    word: 'RESTORE',
    type: (word: string) => `Type ${word} to go on`,
    go: 'Restore',
    begun: 'The restore has begun.',
  },
  documentKinds: documentKinds as Readonly<Record<string, string>>,
} as const;
