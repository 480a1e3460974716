// What stands before the first fault: the campaign's own connection, partners and items, and a paired client for each task.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, connect, pair, writeProfile } from '@masala/client';
import type { ClientTask } from './client-messages.ts';
import type { ServerProcess } from './server-process.ts';

export interface ClientSetupOptions {
  readonly port: number;
  readonly seed: number;
  readonly clients: number;
  /** Saves a second that all clients ask for together. */
  readonly rate: number;
}

/** Each client has items of its own, and these are everybody's: so clients meet on the same levels. */
const SHARED_ITEMS = 3;
const OWN_ITEMS = 4;

/** The campaign's own connection, as admin; the caller closes it. */
export async function connectOwn(server: ServerProcess, port: number): Promise<Client> {
  return connect({ ...(await pairDevice(server, port, 'campaign', 'admin')), retryDelayMs: 100 });
}

/** Prepares a server that has just been started for the first time; gives a task for each client. */
export async function setUpClients(
  server: ServerProcess,
  own: Client,
  options: ClientSetupOptions,
): Promise<ClientTask[]> {
  const { port, seed, clients, rate } = options;
  const partners = await makePartners(own);
  const shared = await makeItems(own, 'shared', SHARED_ITEMS);
  const tasks: ClientTask[] = [];
  for (let number = 0; number < clients; number++) {
    const clientName = `client-${number}`;
    const folder = join(server.folder, clientName);
    mkdirSync(folder);
    writeProfile(folder, await pairDevice(server, port, clientName, 'office'));
    const itemIds = [...(await makeItems(own, clientName, OWN_ITEMS)), ...shared];
    tasks.push({
      surroundings: { clientName, itemIds, ...partners },
      profile: folder,
      journal: join(folder, 'journal'),
      seed: seed * clients + number,
      ratePerSecond: rate / clients,
      startedAt: Date.now(),
    });
  }
  return tasks;
}

async function pairDevice(server: ServerProcess, port: number, deviceName: string, role: 'admin' | 'office') {
  const code = await server.pair(role);
  return await pair({ code, deviceName, server: { address: '127.0.0.1', port }, discoveryPort: 0 });
}

async function makePartners(own: Client) {
  const supplier = await own.call('partners.create', { code: 'S', name: 'Supplier', kind: 'supplier' });
  const customer = await own.call('partners.create', { code: 'C', name: 'Customer', kind: 'customer' });
  return { supplierId: supplier.id, customerId: customer.id };
}

async function makeItems(own: Client, prefix: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number++) {
    const sku = `${prefix}-${number}`;
    ids.push((await own.call('items.create', { sku, name: sku, unit: 'pcs' })).id);
  }
  return ids;
}
