// `masala watch`: prints what happens on the server until Ctrl-C.

import { type SubscribableEvent, subscribableEvents } from '@masala/protocol';
import type { ConnectionState } from '../connection-state.ts';
import type { EventMessage } from '../subscriptions.ts';
import type { Globals, Outcome } from './globals.ts';
import { printJson, printText, remark } from './output.ts';
import { withClient } from './with-client.ts';

export async function watchCommand(names: readonly SubscribableEvent[], globals: Globals): Outcome {
  await withClient(globals, async (client, signal) => {
    client.subscribe(names.length > 0 ? names : subscribableEvents, (message) => print(message, globals));
    await new Promise<void>((resolve, reject) => {
      client.on('state', (state) => {
        sayState(state);
        if (state.phase === 'ended' && state.reason !== undefined) reject(state.reason);
      });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  });
  return 0;
}

function print(message: EventMessage, globals: Globals): void {
  if (globals.json) return printJson(message);
  printText(`${new Date().toISOString()}  ${message.event}  ${JSON.stringify(message.params)}`);
}

function sayState(state: ConnectionState): void {
  if (state.phase === 'ready') remark('connected');
  // The first failure is retried at once: only what lasts is worth a line.
  if (state.phase === 'waiting' && state.failures === 2) {
    remark(`${state.reason.message} ${state.reason.hint}`);
    remark('events of this time will be missing; trying again every three seconds');
  }
}
