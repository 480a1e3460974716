// How a component speaks to the server: the bridge by context, and the hooks that ask, act and listen. Each cleans up after itself.

import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Bridge, BridgeError, BridgeEvent, DeskLinks, DoorName } from '../../bridge/bridge.ts';
import type { DoorParams, DoorResult, ServerStatus } from '../../bridge/doors.ts';
import { ask, bridgeErrorOf } from './ask.ts';
import { useToast } from './components/toast.tsx';
import { DoorPoll, type DoorState, type PollClock } from './door-poll.ts';
import { LinkStore } from './link-store.ts';
import { watchVisibility } from './page-visibility.ts';

interface BridgeContextValue {
  readonly bridge: Bridge;
  readonly store: LinkStore;
}

const BridgeContext = createContext<BridgeContextValue | null>(null);

/** Gives everything below the bridge; `waiting` is shown until the host has said for the first time how things stand. */
export function BridgeProvider(props: { bridge: Bridge; waiting: ReactNode; children: ReactNode }) {
  const { bridge } = props;
  const store = useMemo(() => new LinkStore(bridge, Date.now), [bridge]);
  useEffect(() => store.start(), [store]);
  const { links } = useSyncExternalStore(store.subscribe, store.state);
  const value = useMemo(() => ({ bridge, store }), [bridge, store]);
  return <BridgeContext value={value}>{links === undefined ? props.waiting : props.children}</BridgeContext>;
}

function useBridgeContext(): BridgeContextValue {
  const value = use(BridgeContext);
  if (value === null) throw new Error('A component that asks the server stands outside of BridgeProvider.');
  return value;
}

/** The bridge itself, for what no hook below does. */
export function useBridge(): Bridge {
  return useBridgeContext().bridge;
}

/** How the desk stands to the supervisor (`status` is null while it does not answer) and to the core. */
export function useLinks(): DeskLinks {
  const { store } = useBridgeContext();
  const { links } = useSyncExternalStore(store.subscribe, store.state);
  return links ?? NOT_HEARD;
}
const NOT_HEARD: DeskLinks = { status: null, client: 'connecting' };

/** The status as it was last heard, also while the supervisor does not answer; null where it was never heard. */
export function useLastStatus(): { status: ServerStatus | null; lostSince: number | null } {
  const { store } = useBridgeContext();
  const { lastStatus, lostSince } = useSyncExternalStore(store.subscribe, store.state);
  return { status: lastStatus, lostSince };
}

/** Hears events of the bridge as long as the component is there. */
export function useBridgeEvents(listener: (event: BridgeEvent) => void): void {
  const { store } = useBridgeContext();
  const hear = useEffectEvent(listener);
  useEffect(() => store.listen((event) => hear(event)), [store]);
}

/** What a component keeps fresh while it is there: a DoorPoll, or a list that is made of one. */
export type Poll<Data> = Pick<DoorPoll<Data>, 'subscribe' | 'state' | 'wake' | 'rest' | 'reload' | 'renew'>;

export interface Door<Data> extends DoorState<Data> {
  readonly reload: () => void;
}

/**
 * The answer of a request, kept fresh: asked at once, each `everyMs` where that is given, and whenever the connection or the
 * server's state has changed. Nothing is asked while the page is hidden, nor with params null.
 */
export function useDoor<Name extends DoorName>(
  name: Name,
  params: DoorParams<Name> | null,
  options: {
    readonly everyMs?: number;
    /** Asks also when something was booked. */
    readonly isLive?: boolean;
  } = {},
): Door<DoorResult<Name>> {
  const { bridge } = useBridgeContext();
  const everyMs = options.everyMs ?? null;
  // Params are plain data: two that read alike are the same question.
  const key = JSON.stringify(params);
  const poll = useMemo(
    () =>
      new DoorPoll<DoorResult<Name>>({
        ask: (signal) => ask(bridge, name, JSON.parse(key) as DoorParams<Name>, signal),
        everyMs,
        clock: pageClock,
      }),
    [bridge, name, key, everyMs],
  );
  useBridgeEvents((event) => {
    if (options.isLive && event.type === 'client') poll.changed(LIVE_WITHIN_MS);
  });
  return usePoll(poll, params !== null);
}
/** Under load the data changes a hundred times a second; a reader follows one new figure in two. */
const LIVE_WITHIN_MS = 2_000;

/** For what one request cannot answer: a poll of its own, made by useMemo, that wakes and rests with the component. */
export function usePoll<Data>(poll: Poll<Data>, isAsking = true): Door<Data> {
  useEffect(() => {
    if (!isAsking) return;
    const stopWatching = watchVisibility((isVisible) => (isVisible ? poll.wake() : poll.rest()));
    return () => {
      stopWatching();
      poll.rest();
    };
  }, [poll, isAsking]);

  const { status, client } = useLinks();
  // A core that hangs is asked no more, and again once it answers.
  const isSuspect = status?.core.suspectSince != null;
  const situation = `${status?.state} ${status?.core.pid} ${isSuspect} ${client}`;
  const lastSituation = useRef(situation);
  useEffect(() => {
    if (lastSituation.current === situation) return;
    lastSituation.current = situation;
    poll.renew();
  }, [poll, situation]);

  const state = useSyncExternalStore(poll.subscribe, poll.state);
  return useMemo(() => ({ ...state, reload: poll.reload }), [state, poll]);
}

export const pageClock: PollClock = {
  now: Date.now,
  setTimeout: (run: () => void, delayMs: number) => window.setTimeout(run, delayMs),
  clearTimeout: (timer: unknown) => window.clearTimeout(timer as number),
};

export interface Act<Name extends DoorName> {
  /** Resolves with the result, or undefined where it failed (the person was told). It never rejects. */
  readonly run: (params: DoorParams<Name>) => Promise<DoorResult<Name> | undefined>;
  readonly isRunning: boolean;
  /** Why the last run failed; gone when the next begins. */
  readonly error: BridgeError | undefined;
}

/**
 * Something that a person does: at most once at a time; says by a toast that it is done or why it failed. With `quiet`
 * failures are only in `error`, for a form that shows them itself.
 */
export function useAct<Name extends DoorName>(
  name: Name,
  options: {
    readonly done?: string | ((result: DoorResult<Name>) => string);
    readonly quiet?: boolean;
  } = {},
): Act<Name> {
  const { bridge } = useBridgeContext();
  const toast = useToast();
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<BridgeError>();
  const isBusy = useRef(false);
  const latestOptions = useRef(options);
  useEffect(() => {
    latestOptions.current = options;
  });
  const run = useCallback(
    async (params: DoorParams<Name>): Promise<DoorResult<Name> | undefined> => {
      if (isBusy.current) return undefined;
      isBusy.current = true;
      setRunning(true);
      setError(undefined);
      try {
        const result = await ask(bridge, name, params);
        const { done } = latestOptions.current;
        if (done !== undefined)
          toast({ tone: 'good', title: typeof done === 'string' ? done : done(result) });
        return result;
      } catch (thrown) {
        const failure = bridgeErrorOf(thrown);
        setError(failure);
        if (!latestOptions.current.quiet) toast({ tone: 'bad', title: failure.message, text: failure.hint });
        return undefined;
      } finally {
        isBusy.current = false;
        setRunning(false);
      }
    },
    [bridge, name, toast],
  );
  return { run, isRunning, error };
}
