// A menu behind a button. Not modal: Radix' modal one writes a style element, which the page's policy refuses.

import * as Radix from 'radix-ui/dropdown-menu';
import { type ReactNode, useState } from 'react';
import { classes } from '../classes.ts';
import { Icon, type IconName } from './icon.tsx';
import styles from './menu.module.css';

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly align?: 'start' | 'end';
  /** MenuItem, MenuChoice, MenuLine. */
  readonly children: ReactNode;
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  // Within the page's main part, so that no reader finds it outside of every landmark. Looked up when it opens: it is there then.
  const [place, setPlace] = useState<HTMLElement | null>(null);
  return (
    <Radix.Root modal={false} onOpenChange={(open) => open && setPlace(document.getElementById('content'))}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={place}>
        <Radix.Content className={styles.menu} align={align} sideOffset={6} collisionPadding={12}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MenuItemProps {
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** At the end, such as a shortcut. */
  readonly note?: ReactNode;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export function MenuItem({ icon, danger, disabled = false, note, onSelect, children }: MenuItemProps) {
  return (
    <Radix.Item
      className={classes(styles.item, danger && styles.danger)}
      disabled={disabled}
      onSelect={onSelect}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span className={styles.words}>{children}</span>
      {note !== undefined && <span className={styles.note}>{note}</span>}
    </Radix.Item>
  );
}

interface MenuChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly icon?: IconName }[];
  readonly onChoose: (value: Value) => void;
}

/** One of a few. */
export function MenuChoice<Value extends string>({
  label,
  value,
  choices,
  onChoose,
}: MenuChoiceProps<Value>) {
  return (
    <>
      <Radix.Label className={styles.label}>{label}</Radix.Label>
      <Radix.RadioGroup
        value={value}
        aria-label={label}
        onValueChange={(chosen) => {
          const choice = choices.find((each) => each.value === chosen);
          if (choice !== undefined) onChoose(choice.value);
        }}
      >
        {choices.map((choice) => (
          <Radix.RadioItem key={choice.value} value={choice.value} className={styles.item}>
            {choice.icon !== undefined && <Icon name={choice.icon} />}
            <span className={styles.words}>{choice.label}</span>
            <Radix.ItemIndicator className={styles.note}>
              <Icon name="check" />
            </Radix.ItemIndicator>
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </>
  );
}

export function MenuLine() {
  return <Radix.Separator className={styles.line} />;
}
