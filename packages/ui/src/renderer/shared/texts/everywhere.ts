// What controls, lists and failures say on whatever page they stand.

const openAgain = "Open the dashboard again: by Masala's icon in the tray, or with `masala-server open`.";

export const everywhere = {
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  loading: 'Loading…',
  loadingMore: 'Loading more…',
  tryAgain: 'Try again',
  reload: 'Reload',
  /** The frame that scrolls, beside a card of the same name. */
  tableOf: (label: string) => `${label}, table`,
  /** What scrolls in a drawer. */
  contentOf: (title: string) => `${title}, content`,
  noConnection: 'No connection. It shows here again by itself.',
  notRunning: 'The server is not running. This shows again by itself as soon as it is.',
  /** An age follows: "2 minutes ago". */
  shownAsOf: 'Shown as it was',
  unknown: 'Unknown',
  justNow: 'just now',
  copied: 'Copied',
  notCopied: 'This browser does not let the page copy. Mark the text and copy it yourself.',
  /** Failures of the page itself and of its way to the server; all others come from the server with their words. */
  failures: {
    pageHint: 'Reload the page. If it happens again, call support.',
    hostLost: { message: "The dashboard's program on this PC does not answer.", hint: openAgain },
    signInNeeded: {
      message: 'This page is not signed in, or was not used for too long.',
      hint: openAgain,
    },
  },
  incident: (id: string) => `Incident number ${id}.`,
} as const;
