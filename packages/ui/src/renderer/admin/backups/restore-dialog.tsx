// Asks before a restore: shows what it would undo, and wants a word typed where it would undo something.

import { useState } from 'react';
import type { DoorResult, RestorePointTold } from '../../../bridge/doors.ts';
import { useAct, useDoor } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import styles from './restore-dialog.module.css';

const words = texts.backups.preview;

/** People book meanwhile: what would be undone is told as it is now. */
const LOOK_EVERY_MS = 2_000;

type Preview = DoorResult<'control:backup.preview'>;

interface RestoreDialogProps {
  readonly point: RestorePointTold;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function RestoreDialog({ point, open, onOpenChange }: RestoreDialogProps) {
  const [typed, setTyped] = useState('');
  const { data, error, reload } = useDoor('control:backup.preview', open ? { id: point.id } : null, {
    everyMs: LOOK_EVERY_MS,
  });
  const restore = useAct('control:recovery.restore', { done: words.begun });
  const isHarmless = data?.comparable === true && data.undoneCommands === 0;
  const isAllowed = isHarmless || typed.trim().toUpperCase() === words.word;
  const close = () => {
    setTyped('');
    onOpenChange(false);
  };
  const confirm = async () => {
    if (!isAllowed) return;
    if ((await restore.run({ id: point.id })) !== undefined) close();
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(isOpen) => (isOpen ? onOpenChange(true) : close())}
      title={words.title}
      description={words.of(formats.dateTime(point.madeAt), formats.age(point.madeAt, Date.now()))}
      confirm={words.go}
      tone="danger"
      isBusy={restore.isRunning}
      isReady={isAllowed}
      onConfirm={() => void confirm()}
    >
      <div className={styles.body}>
        <div role="status">
          {error !== undefined && <DoorFailure error={error} onRetry={reload} />}
          {data === undefined && error === undefined && (
            <>
              <p className={styles.muted}>{words.comparing}</p>
              <SkeletonLines lines={3} />
            </>
          )}
          {data !== undefined && <WhatChanges preview={data} />}
        </div>
        <p className={styles.muted}>{words.kept}</p>
        {!isHarmless && (data !== undefined || error !== undefined) && (
          <Field label={words.type(words.word)}>
            <Input
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') void confirm();
              }}
            />
          </Field>
        )}
      </div>
    </ConfirmDialog>
  );
}

function WhatChanges({ preview }: { readonly preview: Preview }) {
  const { comparable, undoneCommands, undoneDocuments, documents } = preview;
  if (!comparable) return <Banner tone="warn" title={words.incomparable} />;
  if (undoneCommands === 0) return <Banner tone="good" title={words.undoesNothing} />;
  const unlisted = undoneDocuments - documents.length;
  return (
    <>
      <Banner tone="warn" title={words.undoes(undoneCommands, undoneDocuments)} />
      {documents.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reached by the keyboard.
        <section className={styles.frame} aria-label={words.label} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.number}</th>
                <th scope="col">{words.columns.kind}</th>
                <th scope="col">{words.columns.partner}</th>
                <th scope="col">{words.columns.at}</th>
              </tr>
            </thead>
            <tbody>
              {documents.map((document) => (
                <tr key={`${document.kind} ${document.number} ${document.at}`}>
                  <td>{document.number ?? words.noNumber}</td>
                  <td>{texts.backups.documentKinds[document.kind] ?? document.kind}</td>
                  <td>{document.partner ?? words.noNumber}</td>
                  <td>{formats.dateTime(document.at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {unlisted > 0 && <p className={styles.muted}>{words.more(unlisted)}</p>}
        </section>
      )}
    </>
  );
}
