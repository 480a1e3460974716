// The large line at the top: how the server stands, in words, and what to do.

import { useLocation } from 'wouter';
import { useAct, useLinks } from '../../shared/bridge-context.tsx';
import { classes } from '../../shared/classes.ts';
import { Button } from '../../shared/components/button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './state-hero.module.css';
import { type StateLine, stateLineOf } from './state-line.ts';

const words = texts.dashboard.state;
const icons = { good: 'checkCircle', warn: 'warning', bad: 'error' } as const;

export function StateHero() {
  const { status } = useLinks();
  const now = useNow();
  const line = stateLineOf(status, now, formats);
  return (
    <section className={classes(styles.hero, styles[line.tone])} aria-label={line.title}>
      <span className={styles.icon}>
        <Icon name={icons[line.tone]} />
      </span>
      <div className={styles.words}>
        <p className={styles.title} role="status">
          {line.title}
        </p>
        <p className={styles.advice}>{line.advice}</p>
      </div>
      <HeroAction action={line.action} />
      <Facts now={now} />
    </section>
  );
}

function HeroAction({ action }: { readonly action: StateLine['action'] }) {
  const [, goTo] = useLocation();
  const restart = useAct('control:restart', { done: texts.shell.restarted });
  switch (action) {
    case null:
      return null;
    case 'add-device':
      return (
        <Button look="primary" icon="plus" onClick={() => goTo('/devices')}>
          {words.addDevice}
        </Button>
      );
    case 'logs':
      return (
        <Button icon="logs" onClick={() => goTo('/logs')}>
          {texts.shell.banners.toLogs}
        </Button>
      );
    case 'start':
    case 'restart':
      return (
        <Button look="primary" icon="power" isBusy={restart.isRunning} onClick={() => void restart.run({})}>
          {action === 'start' ? texts.shell.banners.start : texts.shell.banners.restarting}
        </Button>
      );
  }
}

/** How long it has been up, and where it is reached. */
function Facts({ now }: { readonly now: number }) {
  const { status } = useLinks();
  const startedAt = status?.core.startedAt ?? null;
  if (status === null || startedAt === null) return null;
  return (
    <ul className={styles.facts} aria-label={words.facts}>
      <li>
        <Icon name="clock" />
        {words.uptime(formats.duration(now - startedAt))}
      </li>
      {status.port !== null && (
        <li>
          <Icon name="pulse" />
          {words.address(status.port)}
        </li>
      )}
    </ul>
  );
}
