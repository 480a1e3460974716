// The dialogue of a server that waits for its database: what happened, the newest good state, and every way on.

import { useState } from 'react';
import type { RecoveryTold } from '../../../bridge/doors.ts';
import { useDoor, useLastStatus } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { NewestState } from './newest-state.tsx';
import { OtherWays } from './other-ways.tsx';
import type { RecoveryChoice } from './recovery-choice.ts';
import { RecoveryConfirm } from './recovery-confirm.tsx';
import styles from './recovery-page.module.css';
import { RecoveryPoints } from './recovery-points.tsx';
import { RecoveryWorking } from './recovery-working.tsx';
import { UntilForm } from './until-form.tsx';

const words = texts.recovery;
/** A drive that is plugged in shows without a click. */
const LIST_EVERY_MS = 5_000;

export function RecoveryPage() {
  const { status } = useLastStatus();
  const recovery = status?.recovery;
  if (recovery == null) return null;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <PageHeader {...headOf(recovery)} />
        <p className={styles.since}>{words.since(formats.dateTime(recovery.since))}</p>
        {recovery.working === null && <p className={styles.calm}>{words.calm}</p>}
      </div>
      {recovery.failure !== null && (
        <Banner tone="bad" title={recovery.failure.message}>
          <p>{recovery.failure.reason}</p>
          <p>{words.failureHint}</p>
        </Banner>
      )}
      {recovery.working === null ? (
        <Choices recovery={recovery} />
      ) : (
        <RecoveryWorking working={recovery.working} />
      )}
    </div>
  );
}

/** The question, or what was chosen once it is being done. */
function headOf({ working, question, message }: RecoveryTold) {
  if (working === null) return { title: question, note: message };
  return { title: words.working.title[working.action], note: words.working.note };
}

function Choices({ recovery }: { readonly recovery: RecoveryTold }) {
  const list = useDoor('control:backup.list', {}, { everyMs: LIST_EVERY_MS });
  const [choice, setChoice] = useState<RecoveryChoice | null>(null);
  const unreachable = list.data?.unreachable ?? recovery.unreachable;
  // As the server has it, which looks with each list: the newest of the list may be another server's.
  const { newest } = recovery;
  return (
    <>
      {unreachable.length > 0 && (
        <Banner
          tone="warn"
          title={words.unreachable}
          action={
            <Button compact icon="refresh" onClick={list.reload}>
              {words.lookAgain}
            </Button>
          }
        >
          {words.unreachableHint(formats.list(unreachable))}
        </Banner>
      )}
      <NewestState
        newest={newest}
        journal={list.data?.journal}
        onRestore={(point) => setChoice({ action: 'newest', point })}
      />
      <RecoveryPoints list={list} onRestore={(point) => setChoice({ action: 'point', point })} />
      <div className={styles.ways}>
        <UntilForm onChoose={(until) => setChoice({ action: 'until', until })} />
        <OtherWays reason={recovery.reason} onChoose={(action) => setChoice({ action })} />
      </div>
      <RecoveryConfirm choice={choice} onRefused={list.reload} onClose={() => setChoice(null)} />
    </>
  );
}
