// A question can be given up in a browser alone: Electron's bridge throws at whatever it cannot clone.

import type { Bridge } from '../../bridge/bridge.ts';
import { ask } from './ask.ts';

test.each(['browser', 'electron'] as const)(
  'only the bridge of a browser is given the signal: %s',
  async (kind) => {
    const given: unknown[] = [];
    const take = async (...all: unknown[]) => void given.push(all[2]);
    const facts = { kind, platform: 'linux', version: '1' };
    const bridge = { facts, control: take, client: take, host: take } as unknown as Bridge;
    const { signal } = new AbortController();
    await ask(bridge, 'control:status', {}, signal);
    await ask(bridge, 'client:units.list', {}, signal);
    await ask(bridge, 'host:logs.read', {}, signal);
    expect(given).toEqual(new Array(3).fill(kind === 'browser' ? signal : undefined));
  },
);
