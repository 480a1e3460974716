// What the supervisor and the tray host say to each other over their pipe. Each side believes no shape of the other's words.

import type { TrayColour } from './icon-drawing.ts';

export type ToHost =
  | { readonly type: 'look'; readonly colour: TrayColour; readonly tooltip: string }
  /** Answered by `pong`: a host that hangs is found by it. */
  | { readonly type: 'ping' }
  | { readonly type: 'exit' };

export type MenuChoice = 'open' | 'exit';

export type FromHost =
  /** The helper runs and took the menu. It does not prove that an icon is to be seen. */
  | { readonly type: 'ready'; readonly helperPid: number }
  | { readonly type: 'chosen'; readonly choice: MenuChoice }
  | { readonly type: 'pong' }
  /** The last word before it ends. */
  | { readonly type: 'failed'; readonly reason: string };

/** Longer reasons are cut: they go into a log line. */
const REASON_MAX = 1_000;

/** The host's words, or null for anything else. */
export function fromHost(message: unknown): FromHost | null {
  if (typeof message !== 'object' || message === null) return null;
  const { type, helperPid, choice, reason } = message as Readonly<Record<string, unknown>>;
  if (type === 'pong') return { type };
  if (type === 'ready' && Number.isSafeInteger(helperPid)) return { type, helperPid: Number(helperPid) };
  if (type === 'chosen' && (choice === 'open' || choice === 'exit')) return { type, choice };
  if (type === 'failed' && typeof reason === 'string') return { type, reason: reason.slice(0, REASON_MAX) };
  return null;
}
