// Why something could not be loaded, and the button that tries again.

import type { BridgeError } from '../../../bridge/bridge.ts';
import { texts } from '../texts.ts';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';

export function DoorFailure(props: { readonly error: BridgeError; readonly onRetry: () => void }) {
  const { message, hint, incidentId } = props.error;
  return (
    <Banner
      tone="warn"
      title={message}
      action={
        <Button compact icon="refresh" onClick={props.onRetry}>
          {texts.common.tryAgain}
        </Button>
      }
    >
      {hint}
      {incidentId !== undefined && ` ${texts.common.incident(incidentId)}`}
    </Banner>
  );
}
