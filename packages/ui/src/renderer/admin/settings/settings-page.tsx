// The page /settings: every setting with its explanation, and the restart that some of them wait for.

import { useDoor } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { SkeletonLines } from '../../shared/components/skeleton.tsx';
import { texts } from '../../shared/texts.ts';
import { RestartQuestion } from './restart-question.tsx';
import { waitsForRestart } from './setting-rules.ts';
import { SettingsForm } from './settings-form.tsx';
import { useRestart } from './use-restart.ts';

const words = texts.settings;

export function SettingsPage() {
  const { data, error, answeredAt, reload } = useDoor('control:settings.list', {});
  const restart = useRestart();
  const waiting = data?.settings.filter(waitsForRestart).length ?? 0;
  return (
    <>
      <PageHeader title={words.title} note={words.lead} />
      {waiting > 0 && (
        <Banner
          tone="info"
          title={words.restartNeeded(waiting)}
          action={
            <Button
              compact
              icon="refresh"
              isBusy={restart.isRunning}
              onClick={() => void restart.begin().then(reload)}
            >
              {words.restartNow}
            </Button>
          }
        >
          {words.restartHint}
        </Banner>
      )}
      {error !== undefined && <DoorFailure error={error} onRetry={reload} answeredAt={answeredAt} />}
      {data === undefined && error === undefined && <SkeletonLines lines={6} />}
      {data !== undefined && <SettingsForm settings={data.settings} onSaved={reload} />}
      <RestartQuestion restart={restart} />
    </>
  );
}
