// What controls, lists and failures say on whatever page they stand.

export const everywhere = {
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  loading: 'Loading…',
  tryAgain: 'Try again',
  reload: 'Reload',
  /** The frame that scrolls, beside a card of the same name. */
  tableOf: (label: string) => `${label}, table`,
  noConnection: 'No connection. It shows here again by itself.',
  unknown: 'Unknown',
  justNow: 'just now',
  copied: 'Copied',
  notCopied: 'This browser does not let the page copy. Mark the text and copy it yourself.',
  incident: (id: string) => `Incident number ${id}.`,
} as const;
