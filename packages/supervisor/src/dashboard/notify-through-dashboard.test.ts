// Notifications through a host of the dashboard that shows them, cannot, or hangs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlServer,
  controlToken,
  dashboardControl,
  endpointToServe,
  serveControl,
} from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { notifyThroughDashboard } from './notify-through-dashboard.ts';

const low = { title: 'Low disk space', body: 'Free some.', urgency: 'critical' } as const;

let folder: string;
let host: ControlServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masala-through-'));
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function startHost(notify: (asked: unknown) => Promise<object> | object): Promise<void> {
  host = await serveControl({
    endpoint: endpointToServe(folder, dashboardControl),
    token: controlToken(folder),
    log: () => undefined,
    handlers: { open: () => ({ pid: 42, page: null }), close: () => ({}), notify },
  });
}

test('a host that can shows it; texts of any length fit', async () => {
  const shown: unknown[] = [];
  await startHost((asked) => {
    shown.push(asked);
    return {};
  });
  expect(await notifyThroughDashboard(folder, low)).toBe(true);
  expect(
    await notifyThroughDashboard(folder, { ...low, title: 't'.repeat(5_000), body: 'b'.repeat(90_000) }),
  ).toBe(true);
  expect(shown).toEqual([low, { title: 't'.repeat(200), body: 'b'.repeat(1_000), urgency: 'critical' }]);
});

test('without a host, with one that cannot, and with one that hangs it is left to the other way', async () => {
  expect(await notifyThroughDashboard(folder, low)).toBe(false);
  await startHost(() => {
    throw new MasalaError('NOTIFICATIONS_UNAVAILABLE');
  });
  expect(await notifyThroughDashboard(folder, low)).toBe(false);
  await host?.close();
  await startHost(() => new Promise(() => undefined));
  expect(await notifyThroughDashboard(folder, low)).toBe(false);
});
