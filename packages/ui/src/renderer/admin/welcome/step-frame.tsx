// What every step of the first run looks like: a question, what it is good for, the answer, and the ways on.

import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from '../../shared/components/button.tsx';
import { texts } from '../../shared/texts.ts';
import type { FormProps } from '../../shared/use-contract-form.ts';
import styles from './step-frame.module.css';

const words = texts.welcome;

interface StepFrameProps {
  readonly title: string;
  readonly text: string;
  readonly onBack?: (() => void) | undefined;
  /** Leaves the step without an answer. */
  readonly onSkip?: (() => void) | undefined;
  /** The button that goes on. */
  readonly next: ReactNode;
  /** Where the step is a form. */
  readonly form?: FormProps;
  readonly children: ReactNode;
}

export function StepFrame({ title, text, onBack, onSkip, next, form, children }: StepFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A new step is a new place: the reader hears it, the first field comes next.
    heading.current?.focus();
  }, []);
  const content = (
    <>
      <div>
        <h2 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h2>
        <p className={styles.text}>{text}</p>
      </div>
      {children}
      <footer className={styles.buttons}>
        {onBack !== undefined && <Button onClick={onBack}>{words.back}</Button>}
        <span className={styles.space} />
        {onSkip !== undefined && (
          <Button look="quiet" onClick={onSkip}>
            {words.skip}
          </Button>
        )}
        {next}
      </footer>
    </>
  );
  if (form === undefined) return <div className={styles.step}>{content}</div>;
  return (
    <form className={styles.step} {...form}>
      {content}
    </form>
  );
}
