// A mill at work, as most tests of the page begin: a server, its dashboard, and one desktop that books cumin.

import type { Client } from '@masala/client';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { connectDesktop } from './desktop.ts';

export interface Mill {
  readonly dashboard: DashboardUnderTest;
  /** “Office”, an admin; it has saved one item, CUMIN in kg with three decimals, and one supplier, Spice Traders. */
  readonly desktop: Client;
  /** Receives so many grams of cumin from Spice Traders. Returns the document's number. */
  receive(grams: number): Promise<string>;
  close(): Promise<void>;
}

/** Opens the dashboard at `path` of a server with `set`. The caller closes it; where this throws, nothing is left. */
export async function openMill(set: readonly string[], path = '/'): Promise<Mill> {
  const dashboard = await DashboardUnderTest.open({ set, path });
  try {
    const desktop = await connectDesktop(dashboard.server, 'Office', 'admin');
    const { id: partnerId } = await desktop.call('partners.create', {
      code: 'S',
      name: 'Spice Traders',
      kind: 'supplier',
    });
    const { id: itemId } = await desktop.call('items.create', {
      sku: 'CUMIN',
      name: 'Cumin',
      unit: 'kg',
      decimals: 3,
    });
    return {
      dashboard,
      desktop,
      async receive(grams) {
        const lines = [{ itemId, quantity: grams }];
        const { number } = await desktop.call('receipts.create', { partnerId, post: true, lines });
        return String(number);
      },
      async close() {
        desktop.close();
        await dashboard.close();
      },
    };
  } catch (error) {
    await dashboard.close();
    throw error;
  }
}
