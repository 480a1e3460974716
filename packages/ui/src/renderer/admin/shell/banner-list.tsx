// The banners above every page: they come when something is so, and go by themselves when it is not.

import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAct, useLastStatus, useLinks } from '../../shared/bridge-context.tsx';
import { Banner } from '../../shared/components/banner.tsx';
import { Button } from '../../shared/components/button.tsx';
import { ToldText } from '../../shared/components/told-text.tsx';
import { formats } from '../../shared/formats.ts';
import { recall, remember } from '../../shared/preferences.ts';
import { conditionOf, type ServerCondition } from '../../shared/server-condition.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './banner-list.module.css';
import { type BannerAction, type BannerTold, bannersOf } from './banners.ts';

/** Where an action leads; a restart leads nowhere, it is done. */
const paths: Record<Exclude<BannerAction, 'restart'>, string> = {
  recovery: '/',
  logs: '/logs',
  backups: '/backups',
  settings: '/settings',
};
const PREFERENCE = 'dismissed';
/** As many as there can be at once, twice over: older ones are of things long gone. */
const DISMISSED_MAX = 32;

export function BannerList() {
  const { status } = useLinks();
  const { lostSince } = useLastStatus();
  const now = useNow();
  const [location, goTo] = useLocation();
  const restart = useAct('control:restart', { done: texts.shell.restarted });
  const [dismissed, setDismissed] = useState(() => (recall(PREFERENCE) ?? '').split(' ').filter(Boolean));
  const banners = bannersOf({
    status,
    lostSince,
    now,
    dismissed: new Set(dismissed),
    isConditionShown: isConditionShown(location, conditionOf(status)),
    isFirstRun: location === '/welcome',
    formats,
  });

  const dismiss = (id: string) => {
    const next = [...dismissed, id].slice(-DISMISSED_MAX);
    setDismissed(next);
    remember(PREFERENCE, next.join(' '));
  };
  const act = (kind: BannerAction) => {
    if (kind === 'restart') void restart.run({});
    else goTo(paths[kind]);
  };

  return (
    <>
      {banners.length > 0 && (
        <section className={styles.list} aria-label={texts.shell.banners.label}>
          {banners.map(({ id, tone, title, hint, action, isDismissible }) => (
            <Banner
              key={id}
              tone={tone}
              title={title}
              onDismiss={isDismissible ? () => dismiss(id) : undefined}
              action={
                action && (
                  <Button
                    compact
                    isBusy={action.kind === 'restart' && restart.isRunning}
                    onClick={() => act(action.kind)}
                  >
                    {action.label}
                  </Button>
                )
              }
            >
              <ToldText text={hint} />
            </Banner>
          ))}
        </section>
      )}
      <Spoken banners={banners} />
    </>
  );
}

/** The dashboard says in large words how the server stands; in recovery every page but the exit is the dialogue itself. */
function isConditionShown(location: string, condition: ServerCondition): boolean {
  // The exit tells of the stop itself, to its end: an alarm beside it would deny what it says.
  if (location === '/exit') return condition === 'draining' || condition === 'lost';
  return location === '/' || condition === 'recovery';
}

/**
 * What a screen reader says of them when they come. Only the titles: the seconds in a hint are not worth being read aloud
 * again and again. The regions are there from the beginning, or their first words would not be heard.
 */
function Spoken({ banners }: { readonly banners: readonly BannerTold[] }) {
  const titles = (isUrgent: boolean) =>
    banners
      .filter(({ tone }) => (tone === 'bad') === isUrgent)
      .map(({ title }) => title)
      .join(' ');
  return (
    <>
      <p className="visually-hidden" role="alert" aria-live="assertive">
        {titles(true)}
      </p>
      <p className="visually-hidden" role="status">
        {titles(false)}
      </p>
    </>
  );
}
