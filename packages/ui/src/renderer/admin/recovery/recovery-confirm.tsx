// Asks before a way of recovery is taken, and says what it means.

import { useState } from 'react';
import type { BridgeError } from '../../../bridge/bridge.ts';
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
  /** What there is has to be looked at anew. */
  readonly onRefused: () => void;
  readonly onClose: () => void;
}

export function RecoveryConfirm({ choice, ...rest }: RecoveryConfirmProps) {
  return choice === null ? null : <Confirm choice={choice} {...rest} />;
}

function Confirm({ choice, onRefused, onClose }: RecoveryConfirmProps & { readonly choice: RecoveryChoice }) {
  const restore = useAct('control:recovery.restore', { quiet: true });
  const salvage = useAct('control:recovery.salvage', { quiet: true });
  const fresh = useAct('control:recovery.fresh', { quiet: true });
  const [isUnderstood, setUnderstood] = useState(false);
  const { title, paragraphs, confirm, isDanger } = choiceWordsOf(choice, formats);
  const error = restore.error ?? salvage.error ?? fresh.error;
  // The same again would be refused again: the list behind has what can be chosen now.
  const isPossible = error?.code !== 'RESTORE_CHANGED';

  const begin = async () => {
    const request = requestOf(choice);
    const acts = {
      'control:recovery.restore': restore,
      'control:recovery.salvage': salvage,
      'control:recovery.fresh': fresh,
    };
    if ((await acts[request.door].run(request.params)) !== undefined) onClose();
    else onRefused();
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
      isReady={isPossible && (!isDanger || isUnderstood)}
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
            <div role="alert">
              <Refused error={error} />
            </div>
          )}
        </div>
      )}
    </ConfirmDialog>
  );
}

/** Behind the dialogue the list has been read anew. */
function Refused({ error }: { readonly error: BridgeError }) {
  if (error.code === 'RESTORE_CHANGED') return <Banner tone="warn" title={texts.recovery.ask.changed} />;
  return (
    <Banner tone="bad" title={error.message}>
      <ToldText text={error.hint} />
    </Banner>
  );
}
