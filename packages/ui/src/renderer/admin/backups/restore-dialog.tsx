// Asks before a restore: shows what it would undo, and wants a word typed where it would undo something.

import type { BridgeError } from '../../../bridge/bridge.ts';
import type { DoorResult, RestorePointTold, RestoreShown } from '../../../bridge/doors.ts';
import { useAct, useDoor } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { Field, Input } from '../../shared/components/field.tsx';
import { Progress } from '../../shared/components/progress.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { ToldText } from '../../shared/components/told-text.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useContractForm } from '../../shared/use-contract-form.ts';
import { useWorkProgress } from '../../shared/use-work-progress.ts';
import styles from './restore-dialog.module.css';

const words = texts.backups.preview;

/** People book meanwhile: what would be undone is told as it is now. */
const LOOK_EVERY_MS = 2_000;

const EMPTY = { typed: '' };

type Preview = DoorResult<'control:backup.preview'>;

interface RestoreDialogProps {
  readonly point: RestorePointTold;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function RestoreDialog({ point, open, onOpenChange }: RestoreDialogProps) {
  const { data, error, answeredAt, reload } = useDoor(
    'control:backup.preview',
    open ? { id: point.id } : null,
    {
      everyMs: LOOK_EVERY_MS,
    },
  );
  const restore = useAct('control:recovery.restore', { done: words.begun, quiet: true });
  const isChanged = restore.error?.code === 'RESTORE_CHANGED';
  const isHarmless = data?.comparable === true && data.undoneCommands === 0;
  const form = useContractForm({
    values: EMPTY,
    judge: ({ typed }) => ({
      typed: isHarmless || typed.trim().toUpperCase() === words.word ? undefined : words.type(words.word),
    }),
    onSubmit: async () => {
      if (data === undefined) return;
      if ((await restore.run({ id: point.id, shown: shownOf(point, data) })) !== undefined) return close();
      // What is wrong with it now is read before it is confirmed again.
      form.hook.reset();
      reload();
    },
  });
  const close = () => {
    form.hook.reset();
    onOpenChange(false);
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(isOpen) => (isOpen ? onOpenChange(true) : close())}
      title={words.title}
      description={words.of(formats.dateTime(point.madeAt), formats.age(point.madeAt, Date.now()))}
      confirm={words.go}
      tone="danger"
      wide
      isBusy={restore.isRunning}
      isReady={data !== undefined}
      onConfirm={form.props.onSubmit}
    >
      <form className={styles.body} {...form.props}>
        <div role="status">
          {error !== undefined && <DoorFailure error={error} onRetry={reload} answeredAt={answeredAt} />}
          {data === undefined && error === undefined && (
            <>
              <p className={styles.muted}>{words.comparing}</p>
              <SkeletonLines lines={3} />
            </>
          )}
          {data !== undefined && <WhatChanges preview={data} />}
        </div>
        {restore.error !== undefined && <Refused error={restore.error} isChanged={isChanged} />}
        <p className={styles.muted}>{words.kept}</p>
        {!isHarmless && data !== undefined && !restore.isRunning && (
          <Field label={words.type(words.word)} error={form.problem('typed')}>
            <Input {...form.field('typed')} autoComplete="off" spellCheck={false} />
          </Field>
        )}
        {restore.isRunning && <Begun />}
      </form>
    </ConfirmDialog>
  );
}

/** What was on the screen when it was confirmed: the server refuses where it is no longer so. */
function shownOf({ id, lastSequence }: RestorePointTold, { present }: Preview): RestoreShown {
  return { point: { id, lastSequence }, ...(present === undefined ? {} : { present }) };
}

function Refused({ error, isChanged }: { readonly error: BridgeError; readonly isChanged: boolean }) {
  return (
    <div role="alert">
      {isChanged ? (
        <Banner tone="warn" title={words.changed} />
      ) : (
        <Banner tone="bad" title={error.message}>
          <ToldText text={error.hint} />
        </Banner>
      )}
    </div>
  );
}

/** It takes as long as a backup; the page behind shows it, too, for whoever closes the dialogue. */
function Begun() {
  const progress = useWorkProgress('restore');
  return (
    <Progress
      label={texts.backups.working.restore}
      done={progress?.done ?? 0}
      total={progress?.total ?? 0}
      note={words.busy}
    />
  );
}

function WhatChanges({ preview }: { readonly preview: Preview }) {
  const { comparable, undoneCommands, undoneDocuments, documents } = preview;
  if (!comparable) return <Banner tone="warn" title={words.incomparable} />;
  if (undoneCommands === 0) return <Banner tone="good" title={words.undoesNothing} />;
  const unlisted = undoneDocuments - documents.length;
  const [newest] = documents;
  return (
    <>
      <Banner tone="warn" title={words.undoes(undoneCommands, undoneDocuments)}>
        {newest?.number != null && words.newestDocument(newest.number, formats.age(newest.at, Date.now()))}
      </Banner>
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
                  <td className={styles.number}>{document.number ?? words.noNumber}</td>
                  <td>{texts.backups.documentKinds[document.kind] ?? document.kind}</td>
                  <td>{document.partner ?? words.noNumber}</td>
                  <td className={styles.number}>{formats.dateTime(document.at)}</td>
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
