// Light or dark: as the PC has it, or as the reader chose.

import { useSyncExternalStore } from 'react';
import { recall, remember } from './preferences.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const watchers = new Set<() => void>();
let present: Theme = 'system';

/** Before the first paint, so that nothing flashes. */
export function applyRememberedTheme(): void {
  const remembered = recall('theme');
  show(themes.find((theme) => theme === remembered) ?? 'system');
}

export function chooseTheme(theme: Theme): void {
  remember('theme', theme === 'system' ? null : theme);
  show(theme);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => present);
}

/** Called whenever colours may have changed, the PC's own choice included. */
export function watchColours(listener: () => void): () => void {
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', listener);
  const unsubscribe = subscribe(listener);
  return () => {
    media.removeEventListener('change', listener);
    unsubscribe();
  };
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function show(theme: Theme): void {
  present = theme;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const watcher of watchers) watcher();
}
