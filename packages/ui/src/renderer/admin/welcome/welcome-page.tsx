// The page /welcome: the first run, four short steps, each of which can be skipped, left and taken up again.

import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useAct, useLastStatus } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { recall, remember } from '../../shared/preferences.ts';
import { texts } from '../../shared/texts.ts';
import { BackupsStep } from './backups-step.tsx';
import { ClosingStep } from './closing-step.tsx';
import { DeviceStep } from './device-step.tsx';
import { NameStep } from './name-step.tsx';
import { stepInHistory, useStepHistory } from './step-history.ts';
import styles from './welcome-page.module.css';
import {
  answering,
  needsRestart,
  openStep,
  readDraft,
  settingsOf,
  stepAfter,
  typing,
  type WelcomeDraft,
  type WelcomeStep,
  welcomeSteps,
} from './welcome-steps.ts';

const words = texts.welcome;

/** Under this name the draft is kept in the tab. */
const KEPT_AS = 'welcome';

export function WelcomePage() {
  const [draft, setDraft] = useState(begun);
  useEffect(() => remember(KEPT_AS, JSON.stringify(draft), 'tab'), [draft]);
  const { goTo, goBack } = useStepHistory(draft.step, (step) => setDraft((old) => ({ ...old, step })));
  // The step itself says what is wrong with it.
  const [isFolderGone, setFolderGone] = useState(false);
  const finish = useFinish(draft, () => {
    setFolderGone(true);
    goTo('backups');
  });
  const onFinish = () => {
    const open = openStep(draft);
    if (open === undefined) void finish.finish();
    else goTo(open);
  };
  const onward = () => {
    setFolderGone(false);
    goTo(stepAfter(draft.step));
  };
  const fieldOf = (name: 'name' | 'folder') => ({
    written: draft.typed[name] ?? draft[name],
    onType: (text: string) => setDraft((old) => typing(old, name, text)),
    onNext: (answer: string) => {
      setDraft((old) => answering(old, name, answer));
      onward();
    },
  });
  return (
    <div className={styles.welcome}>
      <PageHeader
        title={words.title}
        note={words.lead}
        actions={
          <Button look="quiet" isBusy={finish.isRunning} onClick={() => void finish.skipAll()}>
            {words.skipAll}
          </Button>
        }
      />
      <StepList present={draft.step} />
      <Card className={styles.card}>
        {draft.step === 'name' && <NameStep {...fieldOf('name')} />}
        {draft.step === 'backups' && (
          <BackupsStep {...fieldOf('folder')} isGone={isFolderGone} onBack={goBack} />
        )}
        {draft.step === 'device' && <DeviceStep onBack={goBack} onNext={onward} />}
        {draft.step === 'closing' && (
          <ClosingStep
            needsRestart={finish.needsRestart}
            isBusy={finish.isRunning}
            onBack={goBack}
            onFinish={onFinish}
          />
        )}
      </Card>
    </div>
  );
}

/** The browser's history knows best where it was left: a page that is loaded again stands at its entry. */
function begun(): WelcomeDraft {
  const kept = readDraft(recall(KEPT_AS, 'tab'));
  return { ...kept, step: stepInHistory() ?? kept.step };
}

/** Writes what was chosen, restarts where that is needed, and leads to the dashboard. */
function useFinish(draft: WelcomeDraft, onFolderGone: () => void) {
  const [, goTo] = useLocation();
  const { status } = useLastStatus();
  const presentName = status?.name ?? '';
  const check = useAct('control:backup.checkFolder');
  const list = useAct('control:settings.list');
  const set = useAct('control:settings.set');
  // Without a question: the button says it, and the step says what it means for those who are connected.
  const restart = useAct('control:restart');
  const write = async (chosen: WelcomeDraft) => {
    // As it is at this moment: another tab may have given a name.
    const told = await list.run({});
    if (told === undefined) return false;
    const isNamed = told.settings.some(({ name, stored }) => name === 'server.name' && stored !== null);
    const written = await set.run({ changes: settingsOf(chosen, presentName, isNamed) });
    if (written !== undefined) remember(KEPT_AS, null, 'tab');
    return written !== undefined;
  };
  const leave = () => goTo('/');
  /** A drive that was there at its step may be unplugged by now. */
  const isFolderThere = async ({ folder }: WelcomeDraft) => {
    if (folder === '') return true;
    const found = await check.run({ folder });
    if (found === undefined) return false;
    if (found.problem === null) return true;
    onFolderGone();
    return false;
  };
  const finish = async () => {
    if (!(await isFolderThere(draft)) || !(await write(draft))) return;
    // What was written waits for the next start where this one fails; the person was told.
    if (needsRestart(draft, presentName)) await restart.run({});
    leave();
  };
  const skipAll = async () => {
    if (await write({ ...draft, name: '', folder: '' })) leave();
  };
  return {
    needsRestart: needsRestart(draft, presentName),
    finish,
    skipAll,
    isRunning: check.isRunning || list.isRunning || set.isRunning || restart.isRunning,
  };
}

function StepList({ present }: { readonly present: WelcomeStep }) {
  const at = welcomeSteps.indexOf(present);
  return (
    <ol className={styles.steps} aria-label={words.stepsLabel}>
      {welcomeSteps.map((step, index) => (
        <li
          key={step}
          className={styles.step}
          aria-current={index === at ? 'step' : undefined}
          data-done={index < at || undefined}
        >
          <span className={styles.number} aria-hidden="true">
            {index < at ? <Icon name="check" /> : index + 1}
          </span>
          <span>
            {words.steps[step]}
            {index < at && <span className="visually-hidden"> ({words.done})</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
