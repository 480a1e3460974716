// Why something could not be loaded, and the button that tries again.

import type { BridgeError } from '../../../bridge/bridge.ts';
import { useLinks } from '../bridge-context.tsx';
import { texts } from '../texts.ts';
import { Age } from './age.tsx';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';
import styles from './door-failure.module.css';
import { ToldText } from './told-text.tsx';

interface DoorFailureProps {
  readonly error: BridgeError;
  readonly onRetry: () => void;
  /** UTC ms of what is shown beside it, where something is. */
  readonly answeredAt?: number | undefined;
}

export function DoorFailure({ error, onRetry, answeredAt }: DoorFailureProps) {
  const { status } = useLinks();
  const shown = answeredAt !== undefined && (
    <>
      {' '}
      {texts.everywhere.shownAsOf} <Age at={answeredAt} />.
    </>
  );
  // The page says in large words already that nothing answers; it comes back by itself. Of a server that nobody starts, the
  // error would say that it is starting.
  if (status === null || status.state === 'stopped') {
    return (
      <p className={styles.quiet}>
        {status === null ? texts.everywhere.noConnection : texts.everywhere.notRunning}
        {shown}
      </p>
    );
  }
  const { message, hint, incidentId } = error;
  return (
    <Banner
      tone="warn"
      title={message}
      action={
        <Button compact icon="refresh" onClick={onRetry}>
          {texts.everywhere.tryAgain}
        </Button>
      }
    >
      <ToldText text={hint} />
      {incidentId !== undefined && ` ${texts.everywhere.incident(incidentId)}`}
      {shown}
    </Banner>
  );
}
