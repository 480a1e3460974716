// `masala-server clients`: who is connected and signed in, and when each saved last.

import type { ClientTold } from '@masala/protocol/control';
import { ageInWords, exitCodes } from '@masala/protocol/tables';
import { counted } from '../texts.ts';
import { withServer } from './ask-server.ts';
import { type OutputOptions, printResult } from './output.ts';
import { tableLines } from './words.ts';

export async function listClients(dataDir: string, options: OutputOptions): Promise<number> {
  return await withServer(dataDir, async ({ call }) => {
    const { clients } = await call('clients.list', {});
    const now = Date.now();
    const rows = tableLines(clients.map((client) => describeClient(client, now)));
    printResult(clients, clients.length === 0 ? ['No client is connected.'] : rows, options);
    return exitCodes.OK.code;
  });
}

function describeClient(client: ClientTold, now: number): string[] {
  const { device, role, program, address, since, saves, lastSaveAt } = client;
  const saved =
    lastSaveAt === null
      ? 'nothing saved'
      : `${counted.saves(saves)}, the last ${ageInWords(now - lastSaveAt)}`;
  return [device, role, program, address, `since ${new Date(since).toLocaleString()}`, saved];
}
