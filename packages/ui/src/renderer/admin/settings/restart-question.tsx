// Asks before a restart that would disconnect somebody.

import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { texts } from '../../shared/texts.ts';
import type { Restart } from './use-restart.ts';

export function RestartQuestion({ restart }: { readonly restart: Restart }) {
  const { question, confirm, cancel, isRunning } = restart;
  return (
    <ConfirmDialog
      open={question !== undefined}
      onOpenChange={(isOpen) => !isOpen && cancel()}
      title={texts.settings.restartTitle(question ?? 0)}
      description={texts.settings.restartText}
      confirm={texts.settings.restartNow}
      isBusy={isRunning}
      onConfirm={() => void confirm()}
    />
  );
}
