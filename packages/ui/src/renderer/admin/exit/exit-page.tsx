// The page /exit: asks with the number of those who are connected, shows how far the stop is, and that it is done.

import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { ServerStatus } from '../../../bridge/doors.ts';
import { useAct, useDoor, useLastStatus, useLinks } from '../../shared/bridge-context.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';

import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import styles from './exit-page.module.css';
import { exitPhase, isNotServing, questionOf, type StopStep, stepsOf } from './exit-phase.ts';

const words = texts.exit;

/** The number in the question is true when it is read. */
const LOOK_EVERY_MS = 1_000;
/** More names would hide the buttons. */
const NAMES_MAX = 8;

export function ExitPage() {
  const { status, hasEnded } = useLinks();
  const { status: lastStatus } = useLastStatus();
  const stop = useAct('control:stop');
  const [isDone, setDone] = useState(false);
  const asked = stop.isRunning ? 'running' : isDone ? 'done' : 'no';
  const exit = async () => {
    setDone(false);
    if ((await stop.run({})) !== undefined) setDone(true);
  };
  const phase = exitPhase({ status, lastStatus, asked, hasEnded });
  return (
    <>
      <PageHeader title={words.title} />
      <Card className={styles.card}>
        {phase === 'asking' && <Question status={status} onExit={() => void exit()} />}
        {phase === 'stopping' && <Stopping status={status} />}
        <div role="status">
          {phase === 'stopped' && (
            <EmptyState icon="power" title={words.stopped}>
              {words.stoppedHint}
            </EmptyState>
          )}
          {phase === 'lost' && (
            <EmptyState icon="warning" title={words.lost}>
              {words.lostHint}
            </EmptyState>
          )}
          {phase === 'unreachable' && (
            <EmptyState icon="pulse" title={words.notRunning}>
              {words.notRunningHint}
            </EmptyState>
          )}
        </div>
      </Card>
    </>
  );
}

interface QuestionProps {
  readonly status: ServerStatus | null;
  readonly onExit: () => void;
}

function Question({ status, onExit }: QuestionProps) {
  const [, goTo] = useLocation();
  const cancel = useRef<HTMLButtonElement>(null);
  const isCoreless = isNotServing(status);
  const { data, error } = useDoor('control:clients.list', isCoreless ? null : {}, { everyMs: LOOK_EVERY_MS });
  // An older list says nothing of now.
  const clients = error === undefined ? data?.clients : undefined;
  const isKnown = isCoreless || clients !== undefined || error !== undefined;
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      // A dialogue or a menu above the page has taken it for itself.
      if (event.key === 'Escape' && !event.defaultPrevented) goTo('/');
    };
    window.addEventListener('keydown', leave);
    return () => window.removeEventListener('keydown', leave);
  }, [goTo]);
  useEffect(() => {
    // After the page's own focus: a hasty Enter must not stop the server.
    if (isKnown) cancel.current?.focus();
  }, [isKnown]);
  if (!isKnown) return <p aria-busy="true">{texts.everywhere.loading}</p>;
  const { question, consequence } = questionOf(status, clients?.length);
  return (
    <section className={styles.question} aria-labelledby="exit-question" aria-describedby="exit-consequence">
      <h2 id="exit-question" className={styles.title}>
        {question}
      </h2>
      <p id="exit-consequence" className={styles.consequence}>
        {consequence}
      </p>
      {clients !== undefined && clients.length > 0 && (
        <ul className={styles.names} aria-label={words.who}>
          {clients.slice(0, NAMES_MAX).map((client) => (
            <li key={`${client.deviceId} ${client.since} ${client.address}`} className={styles.name}>
              {client.device}
            </li>
          ))}
          {clients.length > NAMES_MAX && <li>{words.whoMore(clients.length - NAMES_MAX)}</li>}
        </ul>
      )}
      <div className={styles.buttons}>
        <Button look="danger" icon="power" onClick={onExit}>
          {words.confirm}
        </Button>
        <Button ref={cancel} onClick={() => goTo('/')}>
          {words.cancel}
        </Button>
      </div>
    </section>
  );
}

function Stopping({ status }: { readonly status: ServerStatus | null }) {
  const stopping = status?.stopping ?? null;
  const phase = stopping?.phase ?? null;
  return (
    <section className={styles.stopping} aria-labelledby="exit-stopping">
      <h2 id="exit-stopping" className={styles.title}>
        {words.stopping}
      </h2>
      <ol className={styles.steps}>
        {stepsOf(phase).map(({ name, state }) => (
          <li key={name} className={styles.step} data-state={state} aria-current={state === 'now' && 'step'}>
            <StepMark state={state} />
            <span>
              {words.steps[name]}
              {state === 'done' && <span className="visually-hidden">, {words.stepDone}</span>}
            </span>
          </li>
        ))}
      </ol>
      <div role="status" className={styles.consequence}>
        <p>{status === null ? words.silent : words.awaited(phase, stopping?.pending ?? 0)}</p>
      </div>
      {stopping !== null && phase !== null && <Forced at={stopping.forcedAt} />}
    </section>
  );
}

function StepMark({ state }: { readonly state: StopStep['state'] }) {
  return (
    <span className={styles.mark} aria-hidden="true">
      {state === 'done' && <Icon name="check" />}
      {state === 'now' && <span className={styles.spinner} />}
    </span>
  );
}

/** Counts down beside what is read aloud: each second anew it would drown everything else. */
function Forced({ at }: { readonly at: number }) {
  const now = useNow();
  const inMs = at - now;
  return (
    <p className={styles.forced}>
      {inMs > 0 ? words.forcedIn(formats.duration(Math.ceil(inMs / 1_000) * 1_000)) : words.forcedNow}
    </p>
  );
}
