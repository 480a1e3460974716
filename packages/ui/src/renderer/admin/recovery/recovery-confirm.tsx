// Asks before a way of recovery is taken, and says what it means.

import { useState } from 'react';
import { useAct } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { Switch } from '../../shared/components/field.tsx';
import { ToldText } from '../../shared/components/told-text.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { choiceWordsOf, type RecoveryChoice, requestOf } from './recovery-choice.ts';
import styles from './recovery-page.module.css';

interface RecoveryConfirmProps {
  readonly choice: RecoveryChoice | null;
  readonly onClose: () => void;
}

export function RecoveryConfirm({ choice, onClose }: RecoveryConfirmProps) {
  return choice === null ? null : <Confirm choice={choice} onClose={onClose} />;
}

function Confirm({ choice, onClose }: { readonly choice: RecoveryChoice; readonly onClose: () => void }) {
  const restore = useAct('control:recovery.restore', { quiet: true });
  const salvage = useAct('control:recovery.salvage', { quiet: true });
  const fresh = useAct('control:recovery.fresh', { quiet: true });
  const [isUnderstood, setUnderstood] = useState(false);
  const { title, paragraphs, confirm, isDanger } = choiceWordsOf(choice, formats);
  const error = restore.error ?? salvage.error ?? fresh.error;

  const begin = async () => {
    const request = requestOf(choice);
    const acts = {
      'control:recovery.restore': restore,
      'control:recovery.salvage': salvage,
      'control:recovery.fresh': fresh,
    };
    if ((await acts[request.door].run(request.params)) !== undefined) onClose();
  };

  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={paragraphs.map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
      confirm={confirm}
      tone={isDanger ? 'danger' : 'plain'}
      isBusy={restore.isRunning || salvage.isRunning || fresh.isRunning}
      isReady={!isDanger || isUnderstood}
      onConfirm={() => void begin()}
    >
      {(isDanger || error !== undefined) && (
        <div className={styles.asked}>
          {isDanger && (
            <Switch
              label={texts.recovery.ask.freshUnderstood}
              checked={isUnderstood}
              onChange={(event) => setUnderstood(event.target.checked)}
            />
          )}
          {error !== undefined && (
            <Banner tone="bad" title={error.message}>
              <ToldText text={error.hint} />
            </Banner>
          )}
        </div>
      )}
    </ConfirmDialog>
  );
}
