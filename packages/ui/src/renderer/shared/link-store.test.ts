// The page's one listener: what it remembers of the server, and that it leaves the bridge as it found it.
import type { Bridge, BridgeEvent, DeskLinks } from '../../bridge/bridge.ts';
import { NOW, statusWith } from '../../bridge/testing-status.ts';
import { LinkStore } from './link-store.ts';

function storeOf() {
  const listeners = new Set<(event: BridgeEvent) => void>();
  const bridge: Pick<Bridge, 'listen'> = {
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  let now = NOW;
  const store = new LinkStore(bridge as Bridge, () => now++);
  const tell = (links: DeskLinks) => {
    for (const listener of listeners) listener({ type: 'links', links });
  };
  return { store, listeners, tell };
}

test('keeps the last status while the supervisor is silent, and since when it is', () => {
  const { store, tell } = storeOf();
  store.start();
  const status = statusWith();
  expect(store.state()).toEqual({ links: undefined, lastStatus: null, lostSince: null });
  tell({ status, client: 'ready' });
  tell({ status: null, client: 'connecting' });
  tell({ status: null, client: 'connecting' });
  expect(store.state()).toMatchObject({ links: { status: null }, lastStatus: status, lostSince: NOW });
  tell({ status, client: 'ready' });
  expect(store.state().lostSince).toBeNull();
});

test('hands every event on, and is gone from the bridge when it is stopped', () => {
  const { store, listeners, tell } = storeOf();
  const stop = store.start();
  const heard: string[] = [];
  const unlisten = store.listen((event) => heard.push(event.type));
  tell({ status: null, client: 'connecting' });
  unlisten();
  tell({ status: null, client: 'connecting' });
  expect(heard).toEqual(['links']);
  stop();
  expect(listeners.size).toBe(0);
});
