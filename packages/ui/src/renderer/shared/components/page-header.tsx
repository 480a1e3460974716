// The head of every page: its name, which also names the window and takes the focus when one comes here, and what to do first.

import { type ReactNode, useEffect, useRef } from 'react';
import { texts } from '../texts.ts';
import styles from './page-header.module.css';

interface PageHeaderProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** Where the page itself says in large words what it is about. */
  readonly visuallyHidden?: boolean;
}

/** The page that the program was opened at leaves the focus where the browser has it. */
let isFirstPage = true;

export function PageHeader({ title, note, actions, visuallyHidden }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useWindowTitle(title);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <header className={visuallyHidden ? 'visually-hidden' : styles.header}>
      <div className={styles.words}>
        <h1 ref={heading} className={styles.title} tabIndex={-1}>
          {title}
        </h1>
        {note !== undefined && <p className={styles.note}>{note}</p>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}

/** Names the window, or the browser's tab, after the page. */
export function useWindowTitle(title: string): void {
  useEffect(() => {
    document.title = texts.shell.windowTitle(title);
  }, [title]);
}
