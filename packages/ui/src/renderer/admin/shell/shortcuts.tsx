// The keyboard's shortcuts: hears the keys, and shows their list.

import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Dialog } from '../../shared/components/dialog.tsx';
import { Switch } from '../../shared/components/field.tsx';
import { recall, remember } from '../../shared/preferences.ts';
import { texts } from '../../shared/texts.ts';
import { pages } from './pages.ts';
import { type ShortcutState, shortcutStep } from './shortcut-keys.ts';
import styles from './shortcuts.module.css';

const words = texts.shell.shortcuts;
const PREFERENCE = 'shortcuts';

interface ShortcutsProps {
  readonly isListOpen: boolean;
  readonly onListOpenChange: (open: boolean) => void;
  readonly onGo: (path: string) => void;
}

export function Shortcuts({ isListOpen, onListOpenChange, onGo }: ShortcutsProps) {
  const [isEnabled, setEnabled] = useState(() => recall(PREFERENCE) !== 'off');
  const state = useRef<ShortcutState>({ prefixAt: null });
  const hear = useEffectEvent((event: KeyboardEvent) => {
    const hasModifier = event.ctrlKey || event.altKey || event.metaKey;
    const press = { key: event.key, hasModifier, isTaken: isTaken(event), atMs: event.timeStamp };
    const step = shortcutStep(state.current, press, pages);
    state.current = step.state;
    if (step.meaning === null) return;
    event.preventDefault();
    if (step.meaning.kind === 'help') onListOpenChange(true);
    else onGo(step.meaning.path);
  });
  useEffect(() => {
    if (!isEnabled) return;
    const listener = (event: KeyboardEvent) => hear(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [isEnabled]);

  return (
    <Dialog
      open={isListOpen}
      onOpenChange={onListOpenChange}
      title={words.title}
      description={words.description}
    >
      <dl className={styles.list}>
        <Row keys={['?']} meaning={words.help} />
        {pages.map((page) => (
          <Row key={page.path} keys={['g', page.key]} meaning={words.go(page.name)} />
        ))}
        <Row keys={[words.closeKey]} meaning={words.close} />
      </dl>
      <Switch
        label={words.enabled}
        hint={words.enabledHint}
        checked={isEnabled}
        onChange={(event) => {
          setEnabled(event.target.checked);
          remember(PREFERENCE, event.target.checked ? null : 'off');
        }}
      />
    </Dialog>
  );
}

function Row({ keys, meaning }: { readonly keys: readonly string[]; readonly meaning: string }) {
  return (
    <div className={styles.row}>
      <dt>{meaning}</dt>
      <dd className={styles.keys}>
        {keys.map((key, index) => (
          <span key={key} className={styles.keys}>
            {index > 0 && <span className={styles.then}>{words.next}</span>}
            <kbd className={styles.key}>{key}</kbd>
          </span>
        ))}
      </dd>
    </div>
  );
}

function isTaken(event: KeyboardEvent): boolean {
  return (
    event.defaultPrevented ||
    (event.target instanceof Element &&
      event.target.closest('input, textarea, select, [contenteditable], [role="menu"], [role*="dialog"]') !==
        null)
  );
}
