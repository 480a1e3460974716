// Why something could not be loaded, and the button that tries again.

import type { BridgeError } from '../../../bridge/bridge.ts';
import { useLinks } from '../bridge-context.tsx';
import { texts } from '../texts.ts';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';
import styles from './door-failure.module.css';
import { ToldText } from './told-text.tsx';

export function DoorFailure(props: { readonly error: BridgeError; readonly onRetry: () => void }) {
  const { status } = useLinks();
  // The page says in large words already that nothing answers; it comes back by itself.
  if (status === null) return <p className={styles.quiet}>{texts.everywhere.noConnection}</p>;
  const { message, hint, incidentId } = props.error;
  return (
    <Banner
      tone="warn"
      title={message}
      action={
        <Button compact icon="refresh" onClick={props.onRetry}>
          {texts.everywhere.tryAgain}
        </Button>
      }
    >
      <ToldText text={hint} />
      {incidentId !== undefined && ` ${texts.everywhere.incident(incidentId)}`}
    </Banner>
  );
}
