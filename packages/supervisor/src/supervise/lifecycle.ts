// Pure rule: the life of the supervised core. An event and the time lead to the next state and to effects, which
// core-process.ts carries out.

import type { Death } from '@masala/protocol/control';
import { exitCodeNamed, exitCodes, type LogEventName } from '@masala/protocol/tables';
import type { Effect, Lifecycle, LifecycleEvent, LifecycleRules, Step, Stopping } from './lifecycle-state.ts';
import type { Now } from './now.ts';
import { afterDeath, FORGIVEN_AFTER_MS, startsInSafeMode, withDeath } from './restart-budget.ts';
import { beginWatch, heardPong, heardProgress, tickIntervalMs, tickWatch } from './watchdog.ts';

/** A core that holds the directory though we found none: so long it may take until it can be adopted or has ended. */
const LOCKED_PATIENCE_MS = 10_000;
/** Between two looks or two kills of a process that does not go. */
const AGAIN_MS = 1_000;
/** After both graces of its ordered stop a core has this long to close its files. */
const STOP_MARGIN_MS = 5_000;

/** Who waits for the end of a stop sees each second what is still pending. */
const STOP_LOOK_MS = 1_000;

/** The longest that core-process.ts may wait until the next tick, in ms. */
export function nextTickMs(lifecycle: Lifecycle, rules: LifecycleRules, now: Now): number {
  const untilDueMs = Math.max(0, lifecycle.dueAt - now.steadyMs);
  if (lifecycle.phase === 'stopping') return Math.min(untilDueMs, STOP_LOOK_MS);
  const pings = lifecycle.phase === 'watched' || lifecycle.phase === 'starting';
  return pings ? Math.min(untilDueMs, tickIntervalMs(rules.hangTimeoutMs)) : untilDueMs;
}

/** The reducer: total over phases and events; an event that means nothing in a phase changes nothing. */
export function step(lifecycle: Lifecycle, event: LifecycleEvent, rules: LifecycleRules, now: Now): Step {
  switch (event.type) {
    case 'begin':
      // Written first: a supervisor that dies in the next instant has to count as one that started.
      return { lifecycle, effects: [{ type: 'persist', wanted: 'running' }, { type: 'look' }] };
    case 'found':
      return found(lifecycle, event, rules, now);
    case 'not-found':
      return notFound(lifecycle, rules, now);
    case 'spawned':
      return unchanged({ ...lifecycle, core: { pid: event.pid, startedAt: event.startedAt } });
    case 'spawn-failed':
      return died(lifecycle, spawnFailure(event.message, now), rules, now);
    case 'pong':
    case 'told':
      return heard(lifecycle, event, rules, now);
    case 'exited':
      return exited(lifecycle, event, rules, now);
    case 'stop-heard':
      return stopHeard(lifecycle, now);
    case 'stop':
      return stop(lifecycle, event, rules, now);
    case 'force':
      return lifecycle.phase === 'stopping' ? kill(lifecycle, 'stop-timeout', now) : unchanged(lifecycle);
    case 'tick':
      return tick(lifecycle, rules, now);
  }
}

function unchanged(lifecycle: Lifecycle): Step {
  return { lifecycle, effects: [] };
}

function log(event: LogEventName, fields: Readonly<Record<string, unknown>> = {}): Effect {
  return { type: 'log', event, fields };
}

function spawnFailure(message: string, now: Now): Death {
  return {
    at: now.utcMs,
    cause: 'spawn-failed',
    exitCode: null,
    signal: null,
    reason: message,
    stderrTail: null,
  };
}

// --- the start ----------------------------------------------------------------------------------------

function found(
  lifecycle: Lifecycle,
  core: { readonly pid: number; readonly startedAt: number },
  rules: LifecycleRules,
  now: Now,
): Step {
  const { phase } = lifecycle;
  const logged = log('core.adopted', { corePid: core.pid });
  const known = { ...lifecycle, core: { pid: core.pid, startedAt: core.startedAt } };
  // The stop that is under way goes to this core, which has to be heard out like any other.
  if (phase === 'stopping') {
    return { lifecycle: { ...known, dueAt: now.steadyMs + rules.hangTimeoutMs }, effects: [logged] };
  }
  if (phase !== 'looking' && phase !== 'starting') return unchanged(lifecycle);
  const adopted: Lifecycle = {
    ...known,
    // It has started long ago: if it hangs, the watchdog finds out.
    phase: 'watched',
    dueAt: Number.POSITIVE_INFINITY,
    watchdog: beginWatch(now.steadyMs),
    downSince: null,
    mendsDeath: false,
    everServed: true,
    outcome: null,
  };
  if (lifecycle.intent === null) return { lifecycle: adopted, effects: [logged] };
  const asked = { type: 'stop', intent: lifecycle.intent, graceMs: lifecycle.graceMs } as const;
  const stopping = stop(adopted, asked, rules, now);
  return { lifecycle: stopping.lifecycle, effects: [logged, ...stopping.effects] };
}

function notFound(lifecycle: Lifecycle, rules: LifecycleRules, now: Now): Step {
  if (lifecycle.phase !== 'looking') return unchanged(lifecycle);
  if (lifecycle.intent === 'end') return end(lifecycle);
  if (lifecycle.outcome === null) {
    return spawn(lifecycle, startsInSafeMode(lifecycle.deaths, now.utcMs, rules), rules, now);
  }
  // A core has just found the directory locked: whoever holds it may yet show itself, or end.
  if (now.steadyMs < lifecycle.lockedUntil)
    return unchanged({ ...lifecycle, dueAt: now.steadyMs + AGAIN_MS });
  return hopeless(lifecycle, lifecycle.outcome);
}

function spawn(lifecycle: Lifecycle, safeMode: boolean, rules: LifecycleRules, now: Now): Step {
  const effects: Effect[] = [{ type: 'persist', wanted: 'running' }];
  if (safeMode) effects.push(log('core.safe-mode', { deaths: lifecycle.deaths.length }));
  effects.push({ type: 'spawn', safeMode });
  const starting: Lifecycle = {
    ...lifecycle,
    phase: 'starting',
    dueAt: now.steadyMs + rules.startGraceMs,
    core: null,
    state: 'starting',
    flags: [],
    clients: 0,
    watchdog: beginWatch(now.steadyMs),
    safeMode,
    killCause: null,
    intent: null,
    healthySince: Number.POSITIVE_INFINITY,
    mendsDeath: lifecycle.downSince !== null,
    outcome: null,
  };
  return { lifecycle: starting, effects };
}

function respawn(lifecycle: Lifecycle, safeMode: boolean, rules: LifecycleRules, now: Now): Step {
  return spawn({ ...lifecycle, restarts: lifecycle.restarts + 1 }, safeMode, rules, now);
}

// --- signs of life ------------------------------------------------------------------------------------

function heard(
  lifecycle: Lifecycle,
  said: Extract<LifecycleEvent, { type: 'pong' | 'told' }>,
  rules: LifecycleRules,
  now: Now,
): Step {
  const { phase } = lifecycle;
  if (phase !== 'starting' && phase !== 'watched' && phase !== 'stopping') return unchanged(lifecycle);
  const hear = said.type === 'pong' ? heardPong : heardProgress;
  const known: Lifecycle = {
    ...lifecycle,
    state: said.state,
    flags: said.flags,
    clients: said.clients ?? lifecycle.clients,
    watchdog: hear(lifecycle.watchdog, said.progress, now.steadyMs),
  };
  if (phase === 'stopping') return unchanged({ ...known, stopping: stillPending(lifecycle, said) });
  if (phase === 'watched') {
    return unchanged({ ...known, healthySince: Math.min(known.healthySince, now.steadyMs) });
  }
  const advanced = known.watchdog !== lifecycle.watchdog;
  if (said.state === 'starting') {
    return unchanged(advanced ? { ...known, dueAt: now.steadyMs + rules.startGraceMs } : known);
  }
  return serves(known, now);
}

function stillPending(
  { stopping }: Lifecycle,
  { queueDepth }: { readonly queueDepth?: number },
): Stopping | null {
  return stopping === null || queueDepth === undefined ? stopping : { ...stopping, pending: queueDepth };
}

function serves(lifecycle: Lifecycle, now: Now): Step {
  const effects: Effect[] = [];
  if (lifecycle.downSince !== null) {
    const downMs = Math.round(now.steadyMs - lifecycle.downSince);
    effects.push(log('core.restarted', { restarts: lifecycle.restarts, downMs }));
  }
  const watched: Lifecycle = {
    ...lifecycle,
    phase: 'watched',
    dueAt: Number.POSITIVE_INFINITY,
    watchdog: { ...beginWatch(now.steadyMs), sequence: lifecycle.watchdog.sequence },
    healthySince: now.steadyMs,
    downSince: null,
    everServed: true,
  };
  return { lifecycle: watched, effects };
}

// --- the clock ----------------------------------------------------------------------------------------

function tick(lifecycle: Lifecycle, rules: LifecycleRules, now: Now): Step {
  if (lifecycle.phase !== 'watched' && now.steadyMs < lifecycle.dueAt) {
    // While it starts, pings ask for its state, while it stops for what is pending; nobody is accused for their silence.
    const ping: Effect = { type: 'ping', sequence: lifecycle.watchdog.sequence };
    const asks = lifecycle.phase === 'starting' || lifecycle.phase === 'stopping';
    return { lifecycle, effects: asks ? [ping] : [] };
  }
  switch (lifecycle.phase) {
    case 'looking':
      return { lifecycle: { ...lifecycle, dueAt: Number.POSITIVE_INFINITY }, effects: [{ type: 'look' }] };
    case 'starting':
      return kill(lifecycle, 'start-timeout', now);
    case 'waiting':
      return respawn(lifecycle, lifecycle.safeMode, rules, now);
    case 'stopping':
      return kill(lifecycle, 'stop-timeout', now);
    case 'ending':
      return { lifecycle: { ...lifecycle, dueAt: now.steadyMs + AGAIN_MS }, effects: [{ type: 'kill' }] };
    case 'watched':
      return tickWatched(lifecycle, rules, now);
    case 'stopped':
    case 'ended':
      return unchanged(lifecycle);
  }
}

function tickWatched(lifecycle: Lifecycle, rules: LifecycleRules, now: Now): Step {
  const { watchdog, verdicts } = tickWatch(lifecycle.watchdog, now.steadyMs, rules.hangTimeoutMs);
  let next: Lifecycle = { ...lifecycle, watchdog };
  const effects: Effect[] = [];
  for (const verdict of verdicts) {
    switch (verdict.type) {
      case 'ping':
        effects.push({ type: 'ping', sequence: verdict.sequence });
        break;
      case 'suspect':
        next = {
          ...next,
          suspectSince: Math.round(now.utcMs - verdict.silentMs),
          healthySince: Number.POSITIVE_INFINITY,
        };
        effects.push(log('core.suspect', { silentMs: Math.round(verdict.silentMs) }));
        break;
      case 'rearmed':
        effects.push(log('watchdog.rearmed', { lateMs: Math.round(verdict.lateMs) }));
        break;
      case 'hung': {
        const killed = kill(next, 'hung', now);
        const accused = log('core.hung', { silentMs: Math.round(verdict.silentMs) });
        return { lifecycle: killed.lifecycle, effects: [...effects, accused, ...killed.effects] };
      }
    }
  }
  if (next.deaths.length > 0 && now.steadyMs - next.healthySince >= FORGIVEN_AFTER_MS) {
    next = { ...next, deaths: [] };
    effects.push({ type: 'persist', wanted: 'running' });
  }
  return { lifecycle: next, effects };
}

// --- the end of a core --------------------------------------------------------------------------------

function kill(lifecycle: Lifecycle, killCause: Death['cause'], now: Now): Step {
  return {
    lifecycle: { ...lifecycle, phase: 'ending', killCause, dueAt: now.steadyMs + AGAIN_MS },
    effects: [{ type: 'kill' }],
  };
}

function exited(
  lifecycle: Lifecycle,
  event: Extract<LifecycleEvent, { type: 'exited' }>,
  rules: LifecycleRules,
  now: Now,
): Step {
  if (lifecycle.core === null || lifecycle.phase === 'ended' || lifecycle.phase === 'stopped') {
    return unchanged(lifecycle);
  }
  const cause = lifecycle.killCause ?? causeOf(event.death);
  const death: Death = { at: now.utcMs, cause, ...event.death };
  if (lifecycle.intent !== null) return stoppedInOrder(lifecycle, death, rules, now);
  // A command-line stop that found the supervisor silent went to the core itself.
  if (event.wantedStopped && death.exitCode === exitCodes.OK.code) return end(lifecycle);
  return died(lifecycle, death, rules, now);
}

function causeOf(death: Omit<Death, 'at' | 'cause'>): Death['cause'] {
  if (death.signal !== null) return 'killed';
  return death.exitCode === null ? 'unknown' : 'exited';
}

function stoppedInOrder(lifecycle: Lifecycle, death: Death, rules: LifecycleRules, now: Now): Step {
  const lastDeath = lifecycle.killCause === null ? lifecycle.lastDeath : death;
  const gone: Lifecycle = { ...lifecycle, core: null, stopping: null, lastDeath };
  return lifecycle.intent === 'restart' ? respawn(gone, false, rules, now) : end(gone);
}

function end(lifecycle: Lifecycle): Step {
  return {
    lifecycle: { ...gone(lifecycle), phase: 'ended' },
    effects: [{ type: 'persist', wanted: 'stopped' }],
  };
}

/** The core is dead: count it, and say what follows. */
function died(lifecycle: Lifecycle, death: Death, rules: LifecycleRules, now: Now): Step {
  const dead: Lifecycle = {
    ...gone(lifecycle),
    lastDeath: death,
    downSince: lifecycle.downSince ?? now.steadyMs,
    mendsDeath: true,
    state: 'starting',
  };
  const logged = log('core.died', { ...death });
  const row = exitCodeNamed(death.exitCode);
  const hasServed = lifecycle.phase === 'watched';
  if (row?.name === 'RECOVERY_REQUESTED' && hasServed) return recovers(lifecycle, rules, now);
  if (row?.name === 'DATA_DIRECTORY_LOCKED' && lifecycle.killCause === null) {
    const outcome = { exitCode: row.name, message: death.reason ?? row.meaning };
    const looking: Lifecycle = {
      ...dead,
      phase: 'looking',
      outcome,
      lockedUntil: now.steadyMs + LOCKED_PATIENCE_MS,
    };
    return { lifecycle: looking, effects: [logged, { type: 'look' }] };
  }
  if (row !== undefined && !row.restart && row.code >= exitCodes.SETTINGS_INVALID.code) {
    const step = hopeless(dead, { exitCode: row.name, message: death.reason ?? row.meaning });
    return { lifecycle: step.lifecycle, effects: [logged, ...step.effects] };
  }
  const deaths = withDeath(lifecycle.deaths, { at: now.utcMs, safeMode: lifecycle.safeMode });
  const leadsToRecovery = hasServed && (row?.name === 'STORAGE_LOST' || row?.name === 'DATABASE_DAMAGED');
  const next = afterDeath(deaths, now.utcMs, rules, leadsToRecovery);
  if (next.type === 'give-up') {
    const outcome = { exitCode: 'NOT_READY', message: 'The core died in safe mode too.' } as const;
    const stopped: Lifecycle = { ...dead, deaths, phase: 'stopped', state: 'stopped', outcome };
    return {
      lifecycle: stopped,
      effects: [logged, { type: 'persist', wanted: 'running' }, log('core.given-up')],
    };
  }
  const waiting: Lifecycle = {
    ...dead,
    deaths,
    phase: 'waiting',
    safeMode: next.safeMode,
    dueAt: now.steadyMs + next.delayMs,
  };
  if (next.delayMs > 0)
    return { lifecycle: waiting, effects: [logged, { type: 'persist', wanted: 'running' }] };
  const spawned = respawn(waiting, next.safeMode, rules, now);
  return { lifecycle: spawned.lifecycle, effects: [logged, ...spawned.effects] };
}

/** A person asked for a restore: no death, and what happened before is forgiven as at a restart. */
function recovers(lifecycle: Lifecycle, rules: LifecycleRules, now: Now): Step {
  const ended: Lifecycle = { ...gone(lifecycle), deaths: [], downSince: now.steadyMs };
  const { lifecycle: starting, effects } = respawn(ended, false, rules, now);
  const asked: Lifecycle = { ...starting, mendsDeath: false };
  return { lifecycle: asked, effects: [log('core.recovery.requested'), ...effects] };
}

function gone(lifecycle: Lifecycle): Lifecycle {
  return {
    ...lifecycle,
    dueAt: Number.POSITIVE_INFINITY,
    core: null,
    state: 'stopped',
    flags: [],
    clients: 0,
    killCause: null,
    suspectSince: null,
    stopping: null,
    healthySince: Number.POSITIVE_INFINITY,
  };
}

/** Trying again would not help. Before anything served, the supervisor ends with the core's code: `start` says why. */
function hopeless(lifecycle: Lifecycle, outcome: NonNullable<Lifecycle['outcome']>): Step {
  const phase = lifecycle.everServed ? 'stopped' : 'ended';
  return {
    lifecycle: { ...gone(lifecycle), phase, outcome },
    effects: [{ type: 'persist', wanted: 'stopped' }, log('core.start.hopeless', { ...outcome })],
  };
}

// --- the ordered stop ---------------------------------------------------------------------------------

function stop(
  lifecycle: Lifecycle,
  asked: Extract<LifecycleEvent, { type: 'stop' }>,
  rules: LifecycleRules,
  now: Now,
): Step {
  if (lifecycle.phase === 'ended') return unchanged(lifecycle);
  const wanted = asked.intent === 'end' ? 'stopped' : 'running';
  // A person asked: what happened before is forgiven. A stop wins over a restart that is under way.
  const intent = lifecycle.intent === 'end' ? 'end' : asked.intent;
  const willing: Lifecycle = { ...lifecycle, intent, graceMs: asked.graceMs, deaths: [] };
  if (lifecycle.phase === 'looking') return { lifecycle: willing, effects: [{ type: 'persist', wanted }] };
  if (lifecycle.core === null) {
    return intent === 'end' ? end(willing) : respawn({ ...willing, downSince: null }, false, rules, now);
  }
  if (lifecycle.phase === 'stopping' || lifecycle.phase === 'ending') {
    return { lifecycle: willing, effects: [{ type: 'persist', wanted }] };
  }
  const stopping: Lifecycle = {
    ...willing,
    phase: 'stopping',
    state: 'draining',
    stopping: { since: now.utcMs, forcedAt: now.utcMs + 2 * asked.graceMs, pending: 0 },
    // A core that hangs would not hear it: it has as long as the watchdog would give it.
    dueAt: now.steadyMs + rules.hangTimeoutMs,
  };
  return {
    lifecycle: stopping,
    effects: [
      { type: 'persist', wanted },
      { type: 'ask-stop', graceMs: asked.graceMs },
    ],
  };
}

function stopHeard(lifecycle: Lifecycle, now: Now): Step {
  if (lifecycle.phase !== 'stopping') return unchanged(lifecycle);
  return unchanged({ ...lifecycle, dueAt: now.steadyMs + 2 * lifecycle.graceMs + STOP_MARGIN_MS });
}
