// Which keys mean what: the rule alone. `?` shows the list, `g` and a letter go to a page.

export interface KeyPress {
  readonly key: string;
  readonly hasModifier: boolean;
  /** Into a text field, a menu or a dialogue: the key is meant for that. */
  readonly isTaken: boolean;
  readonly atMs: number;
}

export interface ShortcutState {
  /** When `g` was pressed, and waits for its letter; null where it was not. */
  readonly prefixAt: number | null;
}

export type ShortcutMeaning = { readonly kind: 'help' } | { readonly kind: 'go'; readonly path: string };

/** After this the `g` is forgotten: slower than anybody who means both keys. */
const PREFIX_MS = 1_500;

export function shortcutStep(
  state: ShortcutState,
  press: KeyPress,
  pages: readonly { readonly path: string; readonly key: string }[],
): { readonly state: ShortcutState; readonly meaning: ShortcutMeaning | null } {
  const forgotten: ShortcutState = { prefixAt: null };
  if (press.isTaken || press.hasModifier) return { state: forgotten, meaning: null };
  if (press.key === '?') return { state: forgotten, meaning: { kind: 'help' } };
  const isAwaited = state.prefixAt !== null && press.atMs - state.prefixAt <= PREFIX_MS;
  const page = isAwaited ? pages.find((each) => each.key === press.key) : undefined;
  if (page !== undefined) return { state: forgotten, meaning: { kind: 'go', path: page.path } };
  return { state: { prefixAt: press.key === 'g' ? press.atMs : null }, meaning: null };
}
