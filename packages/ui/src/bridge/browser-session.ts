// What the web host and its page agree on beside the bridge: how the page shows that it is signed in, and the line of life.

import type { BridgeError, HostFacts } from './bridge.ts';

/** In the tab's sessionStorage: a KeptSession as JSON, put there by the answer to the sign-in. */
export const SESSION_KEY = 'masala-session';

export interface KeptSession {
  readonly session: string;
  readonly facts: HostFacts;
}

/** Carries the session. A page of another origin cannot send it without asking, and nobody answers that question. */
export const SESSION_HEADER = 'x-masala-session';

/**
 * Between two signs of life, lines in an event stream and blanks before an answer: a page that misses two knows soon that its
 * host is gone. Firefox, too, ends an answer that is silent, after five minutes.
 */
export const BEAT_MS = 5_000;
export const BEAT_LINE = '{"type":"beat"}\n';

/** What POST /door answers, after blanks that keep the connection from looking idle. */
export type DoorAnswer = { readonly result: unknown } | { readonly error: BridgeError };

/** Of a page that is not signed in: told by the host, and by a page that finds no session in its tab. */
export const signInNeeded: BridgeError = {
  code: 'SIGN_IN_NEEDED',
  message: 'This page is not signed in, or was not used for too long.',
  hint: "Open the dashboard again: by Masala's icon in the tray, or with `masala-server open`.",
};
