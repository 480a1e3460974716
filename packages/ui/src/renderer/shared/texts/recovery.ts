// The words of the recovery dialogue.

import { backupKinds, backupStates, documentsCounted } from './vocabulary.ts';

export const recovery = {
  title: 'Recovery',
  since: (when: string) => `Waiting since ${when}. Clients wait, too, and go on by themselves afterwards.`,
  newest: 'Newest good state',
  newestNone: 'There is no backup that can be used',
  newestNoneNote:
    'Plug in the drive that has the backups, then look again. Or take one of the other ways below.',
  restoreNewest: 'Restore this state',
  newestEntry: (when: string) => `Its newest entry was booked ${when}.`,
  journalHint: (when: string) =>
    `The journal on the second drive reaches to ${when}: what it has beyond the backup is booked again.`,
  calm: 'Nothing is changed before you confirm it, and nothing is thrown away: what is left of the old database is kept aside.',
  failureHint: 'Nothing was changed. Take another way below, or try again.',
  unreachable: 'Backups may be missing from the list: a folder cannot be reached.',
  unreachableHint: (folders: string) => `${folders}. Plug the drive in, then look again.`,
  lookAgain: 'Look again',

  points: {
    title: 'All backups',
    note: 'Newest first. A backup may be chosen even if it is not the newest; what was booked after it is then missing.',
    made: 'Made',
    age: 'Age',
    documents: 'Documents',
    size: 'Size',
    state: 'State',
    place: 'Place',
    action: 'Restore',
    restore: 'Restore',
    restoreThis: (when: string) => `Restore the backup of ${when}`,
    states: backupStates,
    kinds: backupKinds,
    places: { data: 'This PC', second: 'Second drive', path: 'Other folder' },
    empty: 'No backup was found',
    emptyNote: 'Neither on the data drive nor on a second one.',
    documentsOf: documentsCounted,
  },

  until: {
    title: 'Back to a moment',
    note: 'As it was at that minute: a backup before it, and what the journal has up to it.',
    field: 'Date and time',
    missing: 'Choose a date and a time.',
    future: 'Choose a moment that has passed.',
    action: 'Restore to this moment…',
  },

  other: {
    title: 'Other ways',
    salvage: 'Save what can be read',
    salvageNote:
      'Reads the damaged database record by record. What cannot be read is missing, and a report names it. Slower than a backup, and worth a try when no backup is new enough.',
    salvageAction: 'Salvage…',
    fresh: 'Begin with an empty database',
    freshNote:
      'No items, no stock, no documents. What is left of the old one is kept aside, so that support can still look at it.',
    freshAction: 'Begin empty…',
  },

  ask: {
    changed: 'This has changed since it was shown. Look at what there is now, then choose again.',
    newestTitle: (when: string) => `Restore the state of ${when}?`,
    newestText: (count: number) =>
      `It has ${documentsCounted(count)}. The backup is checked first, then the journal adds what was booked after it. The present database, if there is one, is kept aside. Clients offer to send again what is missing.`,
    pointTitle: (when: string) => `Restore the backup of ${when}?`,
    pointText: (count: number) =>
      `It has ${documentsCounted(count)}. What was booked later is taken from the journal if that belongs to it; else it is missing, and clients offer to send it again. The present database, if there is one, is kept aside.`,
    unverifiedText: 'This backup has not been verified yet. It is checked before anything is changed.',
    untilTitle: (when: string) => `Go back to ${when}?`,
    untilText:
      'Everything that was booked after this moment is taken out. It stays on the clients that booked it, and they offer to send it again.',
    salvageTitle: 'Save what can be read?',
    salvageText:
      'This takes longer than a restore. Records that cannot be read are missing afterwards; the report names them, and the stock of those items should be counted.',
    freshTitle: 'Begin with an empty database?',
    freshText:
      'Items, stock and documents are gone from the server, and every device must be paired again. The old database and the backups are kept aside.',
    freshUnderstood: 'I understand that the server will be empty.',
    restore: 'Restore',
    salvage: 'Salvage',
    fresh: 'Begin empty',
  },

  working: {
    title: {
      restore: 'The database is being restored',
      salvage: 'What can be read is being saved',
      fresh: 'A new database is being made',
    },
    note: 'Leave the PC switched on. Should the power fail all the same, it begins again by itself.',
    starting: 'Beginning',
    share: (share: string) => `${share} of this step`,
  },
  phases: {
    looking: 'Looking for backups',
    unpack: 'Unpacking the backup',
    copy: 'Copying',
    check: 'Checking the database',
    structure: 'Checking the structure',
    ledger: 'Adding up the stock',
    replay: 'Booking what the journal has',
    read: 'Reading the journal',
    pages: 'Reading the damaged database',
    rebuild: 'Building the new database',
  } as Readonly<Record<string, string>>,
} as const;
