// Dialogues: one that holds a form or a detail, and one that asks before something is done.

import * as Asking from 'radix-ui/alert-dialog';
import * as Plain from 'radix-ui/dialog';
import { type ReactNode, useRef } from 'react';
import { classes } from '../classes.ts';
import { texts } from '../texts.ts';
import { Button, IconButton } from './button.tsx';
import styles from './dialog.module.css';
import { Scrim } from './scrim.tsx';
import { useFocusReturn } from './use-focus-return.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  /** One or two sentences; read aloud when it opens. */
  readonly description?: ReactNode;
  /** The buttons, the one to press last. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  readonly children?: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, footer, wide, children }: DialogProps) {
  const focus = useFocusReturn();
  return (
    <Plain.Root open={open} onOpenChange={onOpenChange}>
      <Plain.Portal>
        <Scrim />
        <Plain.Content
          className={classes(styles.dialog, wide && styles.wide)}
          aria-modal="true"
          {...focus}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className={styles.header}>
            <Plain.Title className={styles.title}>{title}</Plain.Title>
            <Plain.Close asChild>
              <IconButton icon="close" label={texts.everywhere.close} className={styles.close} />
            </Plain.Close>
          </header>
          {description !== undefined && (
            <Plain.Description className={styles.description}>{description}</Plain.Description>
          )}
          {children !== undefined && <div className={styles.body}>{children}</div>}
          {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
        </Plain.Content>
      </Plain.Portal>
    </Plain.Root>
  );
}

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  /** What it means to say yes. */
  readonly description: ReactNode;
  readonly confirm: string;
  readonly cancel?: string;
  readonly tone?: 'plain' | 'danger';
  readonly wide?: boolean;
  readonly isBusy?: boolean;
  /** False where something has to be filled in first. */
  readonly isReady?: boolean;
  /** The caller closes the dialogue, when what it began stands. */
  readonly onConfirm: () => void;
  /** Between description and buttons: a preview, an error, a field. */
  readonly children?: ReactNode;
}

/** Asks first. Cancel has the focus, so that a hasty Enter does nothing. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, description, confirm, cancel, tone = 'plain', wide } = props;
  const { isBusy = false, isReady = true } = props;
  const focus = useFocusReturn();
  const cancelButton = useRef<HTMLButtonElement>(null);
  return (
    <Asking.Root open={open} onOpenChange={onOpenChange}>
      <Asking.Portal>
        <Scrim />
        <Asking.Content
          className={classes(styles.dialog, wide && styles.wide)}
          aria-modal="true"
          onCloseAutoFocus={focus.onCloseAutoFocus}
          onOpenAutoFocus={(event) => {
            focus.onOpenAutoFocus();
            event.preventDefault();
            cancelButton.current?.focus();
          }}
        >
          <header className={styles.header}>
            <Asking.Title className={styles.title}>{title}</Asking.Title>
          </header>
          <Asking.Description asChild>
            <div className={styles.description}>{description}</div>
          </Asking.Description>
          {props.children !== undefined && <div className={styles.body}>{props.children}</div>}
          <footer className={styles.footer}>
            <Asking.Cancel asChild>
              <Button ref={cancelButton}>{cancel ?? texts.everywhere.cancel}</Button>
            </Asking.Cancel>
            <Button
              look={tone === 'danger' ? 'danger' : 'primary'}
              isBusy={isBusy}
              disabled={!isReady}
              onClick={props.onConfirm}
            >
              {confirm}
            </Button>
          </footer>
        </Asking.Content>
      </Asking.Portal>
    </Asking.Root>
  );
}
