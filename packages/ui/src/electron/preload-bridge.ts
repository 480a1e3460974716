// The page's end of the bridge in Electron: made by the preload script, out of the two ways that a sandboxed window has.

import type { Bridge, BridgeEvent, DoorName, HostFacts } from '../bridge/bridge.ts';
import { channels, type DoorAnswer, type DoorRequest, FACTS_ARGUMENT } from './channels.ts';

/** What the preload script has of Electron's ipcRenderer. */
export interface PageIpc {
  ask(channel: string, message: DoorRequest): Promise<DoorAnswer>;
  send(channel: string): void;
  hear(channel: string, listener: (event: BridgeEvent) => void): void;
}

/** The host's facts, from the arguments of the window's process. Throws where they are missing: main always gives them. */
export function factsFrom(processArguments: readonly string[]): HostFacts {
  const argument = processArguments.find((one) => one.startsWith(FACTS_ARGUMENT));
  if (argument === undefined) throw new Error('the window was opened without the facts of its host');
  return JSON.parse(argument.slice(FACTS_ARGUMENT.length)) as HostFacts;
}

/** The bridge. Of Electron the page gets these functions and nothing else. */
export function makeBridge(ipc: PageIpc, facts: HostFacts): Bridge {
  const listeners = new Set<(event: BridgeEvent) => void>();
  let links: BridgeEvent | undefined;
  ipc.hear(channels.event, (event) => {
    if (event.type === 'links') links = event;
    for (const listener of listeners) listener(event);
  });
  ipc.send(channels.listen);

  // The types of Bridge say which result belongs to which name; over the channel they are all the same.
  const ask = async (name: DoorName, params: unknown): Promise<never> => {
    const answer = await ipc.ask(channels.door, { name, params });
    if ('error' in answer) throw answer.error;
    return answer.result as never;
  };
  return {
    facts,
    control: (method, params) => ask(`control:${method}`, params),
    client: (method, params) => ask(`client:${method}`, params),
    host: (method, params) => ask(`host:${method}`, params),
    listen(listener) {
      // Wrapped, so that a listener given twice is heard twice and left one at a time.
      const own = (event: BridgeEvent) => listener(event);
      listeners.add(own);
      if (links !== undefined) own(links);
      return () => void listeners.delete(own);
    },
  };
}
