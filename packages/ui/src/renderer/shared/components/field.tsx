// Form fields: a label, a control, what it means and what is wrong with it, tied together for every reader.

import { type ComponentProps, createContext, type ReactNode, use, useId } from 'react';
import { classes } from '../classes.ts';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

interface FieldContextValue {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
}

const FieldContext = createContext<FieldContextValue | null>(null);

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong, and how it would be right; undefined where nothing is. */
  readonly error?: ReactNode;
  readonly className?: string | undefined;
  /** An Input or a Select: it takes its id and its descriptions from here. */
  readonly children: ReactNode;
}

export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const describedBy = [errorId, hintId].filter((part) => part !== undefined).join(' ') || undefined;
  return (
    <div className={classes(styles.field, className)}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <FieldContext value={{ id, describedBy, isInvalid: error !== undefined }}>{children}</FieldContext>
      {error !== undefined && (
        <p id={errorId} className={styles.error} role="alert">
          <Icon name="error" />
          <span>{error}</span>
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Its own props win over those of the field around it. */
function useFieldProps() {
  const field = use(FieldContext);
  if (field === null) return {};
  return {
    id: field.id,
    'aria-describedby': field.describedBy,
    'aria-invalid': field.isInvalid || undefined,
  };
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...useFieldProps()} {...rest} className={classes(styles.control, className)} />;
}

/** The browser's own: every keyboard, reader and touch screen knows it. */
export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <span className={classes(styles.selectFrame, className)}>
      <select {...useFieldProps()} {...rest} className={classes(styles.control, styles.select)}>
        {children}
      </select>
      <Icon name="chevronDown" className={styles.chevron} />
    </span>
  );
}

interface SwitchProps extends Omit<ComponentProps<'input'>, 'type' | 'role'> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}

/** On or off, in force at once. */
export function Switch({ label, hint, className, ...rest }: SwitchProps) {
  const id = useId();
  return (
    <label className={classes(styles.switch, className)}>
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked.
        role="switch"
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        {...rest}
        className={styles.switchInput}
      />
      <span className={styles.track} aria-hidden="true" />
      <span className={styles.switchWords}>
        <span id={`${id}-label`}>{label}</span>
        {hint !== undefined && (
          <span id={`${id}-hint`} className={styles.hint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
