// The core's supervised life in virtual time: a simulated core, a simulated clock, the real rules.

import { exitCodes } from '@masala/protocol/tables';
import fc from 'fast-check';
import { pong, rules, UTC_AT_START, World } from '../fixtures/lifecycle-world.ts';
import { step } from './lifecycle.ts';
import { newLifecycle } from './lifecycle-state.ts';
import { FORGIVEN_AFTER_MS } from './restart-budget.ts';

describe('starting', () => {
  test('without a core one is spawned, after what is wanted was written down', () => {
    const world = new World().begin();
    expect(world.effects.map(({ type }) => type)).toEqual(['persist', 'look', 'persist', 'spawn']);
    world.pass(20);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', state: 'running', restarts: 0 });
  });

  test('a running core is adopted', () => {
    const world = new World();
    world.running = { pid: 7, safeMode: false };
    world.begin();
    expect(world.lifecycle).toMatchObject({ phase: 'watched', core: { pid: 7 } });
    expect(world.effects.some(({ type }) => type === 'spawn')).toBe(false);
  });

  test('a silent core is suspected since its last sign of life, until it is heard again', () => {
    const world = new World().begin();
    world.pass(60_000);
    expect(world.lifecycle.watchdog.suspect).toBe(false);
    world.behaviour.answers = false;
    for (let turns = 0; turns < 12 && !world.lifecycle.watchdog.suspect; turns++) world.pass(2_500);
    const { suspectSince, watchdog } = world.lifecycle;
    expect(watchdog.suspect).toBe(true);
    expect(suspectSince).toBe(UTC_AT_START + Math.round(watchdog.heardAt));
    world.send(pong());
    expect(world.lifecycle.watchdog.suspect).toBe(false);
  });

  test('an adopted core that hangs is killed and followed by another', () => {
    const world = new World();
    world.running = { pid: 7, safeMode: false };
    world.behaviour.answers = false;
    world.begin();
    world.pass(29_000);
    expect(world.lifecycle.core?.pid).toBe(7);
    world.behaviour.answers = true;
    world.pass(5_000);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', restarts: 1, lastDeath: { cause: 'hung' } });
  });

  test('a core that starts slowly is left alone while it says something, and killed when it does not', () => {
    const world = new World();
    world.behaviour.answers = false;
    world.begin();
    world.pass(50_000);
    world.send(pong('starting'));
    world.pass(50_000);
    expect(world.lifecycle.phase).toBe('starting');
    world.pass(10_200);
    world.behaviour.answers = true;
    // The next core was started at once, and its first ping was lost to the same silence: the next one is answered.
    world.pass(11_000);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', lastDeath: { cause: 'start-timeout' } });
  });

  test.each([
    'PORT_TAKEN',
    'SETTINGS_INVALID',
    'DATABASE_FROM_FUTURE',
    'DATA_DIRECTORY_NOT_WRITABLE',
  ] as const)('%s at the first start ends the supervisor, and is not tried again', (name) => {
    const world = new World();
    world.behaviour.diesAtStart = { exitCode: exitCodes[name].code, reason: 'because' };
    world.begin();
    world.pass(60_000);
    expect(world.lifecycle).toMatchObject({
      phase: 'ended',
      outcome: { exitCode: name, message: 'because' },
    });
    expect(world.effects.filter(({ type }) => type === 'spawn')).toHaveLength(1);
    expect(world.wanted).toBe('stopped');
  });

  test('the same after it has served stops it, and the supervisor stays to say so', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.behaviour.diesAtStart = { exitCode: exitCodes.PORT_TAKEN.code };
    world.die();
    world.pass(60_000);
    expect(world.lifecycle).toMatchObject({
      phase: 'stopped',
      state: 'stopped',
      outcome: { exitCode: 'PORT_TAKEN' },
    });
    expect(world.logged).toContain('core.start.hopeless');
  });

  test('a directory that is locked is looked into until its core can be adopted', () => {
    const world = new World();
    world.behaviour.diesAtStart = { exitCode: exitCodes.DATA_DIRECTORY_LOCKED.code };
    world.begin();
    world.pass(3_000);
    expect(world.lifecycle.phase).toBe('looking');
    world.running = { pid: 7, safeMode: false };
    world.pass(2_000);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', core: { pid: 7 } });
  });

  test('a core that was itself still starting is adopted as soon as it answers', () => {
    const world = new World().begin();
    expect(world.lifecycle).toMatchObject({ phase: 'starting', core: { pid: 100 } });
    world.effects.length = 0;
    world.send({ type: 'found', pid: 7, startedAt: 1 });
    expect(world.lifecycle).toMatchObject({ phase: 'watched', core: { pid: 7 }, restarts: 0, deaths: [] });
    expect(world.logged).toEqual(['core.adopted']);
  });

  test('a stop that was asked for meanwhile goes to that core', () => {
    const world = new World().begin();
    world.behaviour.hearsStop = false;
    world.send({ type: 'stop', graceMs: 1_000, intent: 'end' });
    world.send({ type: 'found', pid: 7, startedAt: 1 });
    expect(world.lifecycle).toMatchObject({ phase: 'stopping', core: { pid: 7 }, intent: 'end' });
    world.die({ exitCode: 0 });
    expect(world.lifecycle).toMatchObject({ phase: 'ended', outcome: null });
  });

  test('and is given up when nobody shows', () => {
    const world = new World();
    world.behaviour.diesAtStart = { exitCode: exitCodes.DATA_DIRECTORY_LOCKED.code };
    world.begin();
    world.pass(30_000);
    expect(world.lifecycle).toMatchObject({ phase: 'ended', outcome: { exitCode: 'DATA_DIRECTORY_LOCKED' } });
  });
});

describe('dying', () => {
  test('a death is followed by another start at once, and told', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.die({ exitCode: 30, reason: 'a fault', stderrTail: 'Error: x' });
    expect(world.lifecycle.phase).toBe('starting');
    world.pass(600);
    expect(world.lifecycle).toMatchObject({
      phase: 'watched',
      restarts: 1,
      lastDeath: { cause: 'exited', exitCode: 30, reason: 'a fault', stderrTail: 'Error: x' },
    });
    expect(world.logged).toEqual(['core.died', 'core.restarted']);
  });

  test('only a start after a death says that it mends one, however old the last death is', () => {
    const world = new World().begin();
    expect(world.lifecycle.mendsDeath).toBe(false);
    world.pass(1_000);
    world.die();
    expect(world.lifecycle).toMatchObject({ phase: 'starting', mendsDeath: true });
    world.pass(1_000);
    world.send({ type: 'stop', graceMs: 1_000, intent: 'restart' });
    world.pass(102);
    expect(world.lifecycle).toMatchObject({
      phase: 'starting',
      mendsDeath: false,
      lastDeath: { cause: 'killed' },
    });
    world.pass(1_000);
    world.die({ exitCode: exitCodes.RECOVERY_REQUESTED.code });
    expect(world.lifecycle).toMatchObject({ phase: 'starting', mendsDeath: false });
  });

  test('dying at every start leads to safe mode, then to the end of the tries, and is said', () => {
    const world = new World();
    world.behaviour.diesAtStart = { exitCode: 30 };
    world.begin();
    world.pass(10 * 60_000);
    expect(world.lifecycle).toMatchObject({
      phase: 'stopped',
      state: 'stopped',
      outcome: { exitCode: 'NOT_READY' },
    });
    const spawns = world.effects.filter((effect) => effect.type === 'spawn');
    expect(spawns.map(({ safeMode }) => safeMode)).toEqual([false, false, false, false, false, true]);
    expect(world.logged).toContain('core.safe-mode');
    expect(world.logged.at(-1)).toBe('core.given-up');
    world.behaviour.diesAtStart = null;
    world.send({ type: 'stop', graceMs: 100, intent: 'restart' });
    world.pass(100);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', safeMode: false, deaths: [] });
  });

  test('the deaths of an earlier supervisor count', () => {
    const world = new World(
      Array.from({ length: 5 }, () => ({ at: UTC_AT_START - 1_000, safeMode: false })),
    ).begin();
    expect(world.effects).toContainEqual({ type: 'spawn', safeMode: true });
  });

  test('ten healthy minutes forgive, nine do not', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.die();
    world.pass(600);
    world.pass(FORGIVEN_AFTER_MS - 60_000);
    expect(world.lifecycle.deaths).toHaveLength(1);
    world.pass(70_000);
    expect(world.lifecycle.deaths).toHaveLength(0);
  });

  test('a stop that went to the core itself ends the supervisor; an exit that nobody wanted does not', () => {
    const stopped = new World().begin();
    stopped.pass(100);
    stopped.die({ exitCode: 0 }, true);
    expect(stopped.lifecycle.phase).toBe('ended');
    const healed = new World().begin();
    healed.pass(100);
    healed.die({ exitCode: 0 }, false);
    healed.pass(1_000);
    expect(healed.lifecycle).toMatchObject({ phase: 'watched', restarts: 1 });
  });
});

describe('recovery', () => {
  test('a core in recovery serves: it is pinged, and watched like any other', () => {
    const world = new World().begin();
    world.behaviour.state = 'recovery';
    world.send({ ...pong('recovery'), type: 'told' });
    world.pass(120_000);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', state: 'recovery', restarts: 0 });
    world.behaviour.answers = false;
    world.pass(40_000);
    expect(world.lifecycle.lastDeath).toMatchObject({ cause: 'hung' });
  });

  test('what advances is not hung, though no pong comes', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.behaviour.answers = false;
    for (let progress = 1; progress < 20; progress++) {
      world.send({ type: 'told', state: 'recovery', flags: [], progress });
      world.pass(20_000);
    }
    expect(world.lifecycle).toMatchObject({ phase: 'watched', restarts: 0 });
  });

  test('an end for a restore that was asked for is no death, and forgives like a restart', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.die();
    world.pass(600);
    world.die({ exitCode: exitCodes.RECOVERY_REQUESTED.code });
    expect(world.lifecycle).toMatchObject({ phase: 'starting', restarts: 2, deaths: [], safeMode: false });
    expect(world.lifecycle.lastDeath).toMatchObject({ cause: 'killed' });
    world.pass(100);
    expect(world.logged).toEqual([
      'core.died',
      'core.restarted',
      'core.recovery.requested',
      'core.restarted',
    ]);
  });

  test('a core that ends so before it has served is no better than any other that dies', () => {
    const world = new World();
    world.behaviour.diesAtStart = { exitCode: exitCodes.RECOVERY_REQUESTED.code };
    world.begin();
    world.pass(10 * 60_000);
    expect(world.lifecycle).toMatchObject({ phase: 'stopped', outcome: { exitCode: 'NOT_READY' } });
  });

  test.each(['STORAGE_LOST', 'DATABASE_DAMAGED'] as const)('%s is a death, mended at once', (name) => {
    const world = new World().begin();
    for (const _ of [1, 2, 3]) {
      world.pass(1_000);
      world.die({ exitCode: exitCodes[name].code, reason: 'masala.db is gone' });
      expect(world.lifecycle.phase).toBe('starting');
    }
    expect(world.lifecycle.deaths).toHaveLength(3);
    expect(world.lifecycle.lastDeath).toMatchObject({ cause: 'exited', reason: 'masala.db is gone' });
  });

  test('the loss of the database in safe mode leads to recovery too, but not to a loop', () => {
    const deaths = Array.from({ length: 5 }, () => ({ at: UTC_AT_START - 1_000, safeMode: false }));
    const world = new World(deaths).begin();
    world.pass(1_000);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', safeMode: true });
    world.die({ exitCode: exitCodes.STORAGE_LOST.code });
    world.pass(1_000);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', safeMode: true });
    world.die({ exitCode: exitCodes.STORAGE_LOST.code });
    expect(world.lifecycle).toMatchObject({ phase: 'stopped', state: 'stopped' });
  });
});

describe('hanging and sleeping', () => {
  test('a silent core is suspected, killed and started again', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.behaviour.answers = false;
    world.pass(25_000);
    expect(world.logged).toEqual(['core.suspect']);
    world.pass(8_000);
    world.behaviour.answers = true;
    world.pass(62_000);
    expect(world.logged).toEqual(
      expect.arrayContaining(['core.suspect', 'core.hung', 'core.died', 'core.restarted']),
    );
    expect(world.lifecycle.phase).toBe('watched');
  });

  test('a machine that slept accuses nobody', () => {
    const world = new World().begin();
    world.pass(1_000);
    world.steadyMs += 8 * 3_600_000;
    world.send({ type: 'tick' });
    world.pass(60_000);
    expect(world.logged).toEqual(['watchdog.rearmed']);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', restarts: 0 });
  });
});

describe('stopping', () => {
  test('in order: written down, asked, ended', () => {
    const world = new World().begin();
    world.pass(100);
    world.effects.length = 0;
    world.send({ type: 'stop', graceMs: 1_000, intent: 'end' });
    expect(world.effects.map(({ type }) => type)).toEqual(['persist', 'ask-stop']);
    world.pass(200);
    expect(world.lifecycle).toMatchObject({ phase: 'ended', outcome: null, lastDeath: null });
    expect(world.wanted).toBe('stopped');
  });

  test('the watchdog stands down: a long ordered stop is no hang', () => {
    const world = new World().begin();
    world.pass(100);
    world.behaviour.answers = false;
    world.behaviour.endsAfterStopMs = 100_000;
    world.send({ type: 'stop', graceMs: 60_000, intent: 'end' });
    world.pass(110_000);
    expect(world.lifecycle).toMatchObject({ phase: 'ended', lastDeath: null });
  });

  test('a core that does not hear it is killed after the hang time-out', () => {
    const world = new World().begin();
    world.pass(100);
    world.behaviour.hearsStop = false;
    world.send({ type: 'stop', graceMs: 60_000, intent: 'end' });
    world.pass(31_000);
    expect(world.lifecycle).toMatchObject({ phase: 'ended', lastDeath: { cause: 'stop-timeout' } });
  });

  test('a core that does not end is killed after both graces, or when a person says so', () => {
    for (const forced of [false, true]) {
      const world = new World().begin();
      world.pass(100);
      world.behaviour.endsAfterStopMs = 1e9;
      world.send({ type: 'stop', graceMs: 60_000, intent: 'end' });
      world.pass(forced ? 1_000 : 126_000);
      if (forced) world.send({ type: 'force' });
      world.pass(100);
      expect(world.lifecycle).toMatchObject({ phase: 'ended', lastDeath: { cause: 'stop-timeout' } });
    }
  });

  test('a stop that takes its time is followed: since when, when it is forced, what is pending', () => {
    const world = new World().begin();
    world.pass(20);
    world.behaviour.endsAfterStopMs = 5_000;
    world.send({ type: 'stop', graceMs: 60_000, intent: 'end' });
    const since = world.now.utcMs;
    expect(world.lifecycle.stopping).toEqual({ since, forcedAt: since + 120_000, pending: 0 });
    const pingsBefore = world.effects.filter(({ type }) => type === 'ping').length;
    world.pass(2_500);
    expect(world.effects.filter(({ type }) => type === 'ping').length - pingsBefore).toBe(2);
    world.send({ ...pong(), queueDepth: 7 });
    // A second wish neither begins anew nor says anything of the pending.
    world.send({ type: 'stop', graceMs: 1_000, intent: 'end' });
    world.send({ ...pong(), type: 'told' });
    expect(world.lifecycle.stopping).toEqual({ since, forcedAt: since + 120_000, pending: 7 });
    world.pass(5_000);
    expect(world.lifecycle).toMatchObject({ phase: 'ended', stopping: null });
  });

  test('no stop is told any more once a restarted core begins', () => {
    const world = new World().begin();
    world.pass(20);
    world.send({ type: 'stop', graceMs: 1_000, intent: 'restart' });
    expect(world.lifecycle.stopping).not.toBeNull();
    world.pass(200);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', stopping: null });
  });

  test('a restart is no death', () => {
    const world = new World().begin();
    world.pass(100);
    world.send({ type: 'stop', graceMs: 1_000, intent: 'restart' });
    world.pass(200);
    expect(world.lifecycle).toMatchObject({ phase: 'watched', restarts: 1, deaths: [], lastDeath: null });
  });

  test('a stop while the core is looked for waits for what is found', () => {
    const found = step(newLifecycle([], null, new World().now), { type: 'begin' }, rules, new World().now);
    const now = { steadyMs: 1, utcMs: 1 };
    const asked = step(found.lifecycle, { type: 'stop', graceMs: 5, intent: 'end' }, rules, now);
    const adopted = step(asked.lifecycle, { type: 'found', pid: 7, startedAt: 1 }, rules, now);
    expect(adopted.lifecycle.phase).toBe('stopping');
    expect(adopted.effects).toContainEqual({ type: 'ask-stop', graceMs: 5 });
    expect(step(asked.lifecycle, { type: 'not-found' }, rules, now).lifecycle.phase).toBe('ended');
  });
});

test('whatever happens, there is never a second core, and a wanted stop always ends', () => {
  const happening = fc.oneof(
    fc.constant({ type: 'die' } as const),
    fc.constant({ type: 'hang' } as const),
    fc.constant({ type: 'recover' } as const),
    fc.constant({ type: 'restart' } as const),
    fc.constant({ type: 'force' } as const),
    fc.constant({ type: 'sleep' } as const),
    fc.record({ type: fc.constant('pass' as const), ms: fc.nat(120_000) }),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
      const world = new World().begin();
      for (const what of happenings) {
        if (what.type === 'die' && world.running !== null) world.die();
        if (what.type === 'hang') world.behaviour.answers = false;
        if (what.type === 'recover') world.behaviour.answers = true;
        if (what.type === 'restart') world.send({ type: 'stop', graceMs: 1_000, intent: 'restart' });
        if (what.type === 'force') world.send({ type: 'force' });
        if (what.type === 'sleep') world.steadyMs += 3_600_000;
        if (what.type === 'pass') world.pass(what.ms);
      }
      world.send({ type: 'stop', graceMs: 60_000, intent: 'end' });
      world.pass(300_000);
      expect(world.lifecycle.phase).toBe('ended');
      expect(world.running).toBeNull();
      expect(world.wanted).toBe('stopped');
    }),
    { numRuns: 300 },
  );
});
