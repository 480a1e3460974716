// The lives of real processes: a frozen core, a core that cannot start, a second start, a killed supervisor.
import { readFileSync } from 'node:fs';
import { type Client, connect, pair } from '@masala/client';
import { readRunFile, type ServerStatus } from '@masala/protocol/control';
import { plant } from './planted-bugs.ts';
import { ownTree, ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** Every wait inside has its own patience of a minute, and says what it waited for. */
const TIMEOUT_MS = 300_000;

const servers: ServerProcess[] = [];
const clients: Client[] = [];
const copies: { remove(): void }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) await server.destroy({ keep: false });
  for (const copy of copies.splice(0)) copy.remove();
});

function serverWith(set: readonly string[], tree = ownTree): ServerProcess {
  const server = new ServerProcess({ tree, set });
  servers.push(server);
  return server;
}

/** A copy of the sources whose core ends in the middle of its start: always, or only `unless` the condition holds. */
function treeWithDyingCore(unless = 'false'): string {
  const start = "const { run } = await import('./run.ts');";
  const death = `if (!(${unless})) throw new Error('planted: this core cannot start');`;
  const copy = plant([{ file: 'packages/core-worker/src/main.ts', from: start, to: `${death}\n${start}` }]);
  copies.push(copy);
  return copy.tree;
}

async function pairedClient(server: ServerProcess, { port }: ServerStatus): Promise<Client> {
  const address = { address: '127.0.0.1', port: Number(port) };
  const profile = await pair({
    code: await server.pair('office'),
    deviceName: 'desk',
    server: address,
    discoveryPort: 0,
  });
  const client = connect({ ...profile, retryDelayMs: 100 });
  clients.push(client);
  return client;
}

/** The newest word of the server, once it fits. */
function statusThat(
  server: ServerProcess,
  what: string,
  fits: (status: ServerStatus) => boolean,
): Promise<ServerStatus> {
  let last: ServerStatus | null = null;
  return until(
    () => `${what}; last status: ${JSON.stringify(last)}`,
    async () => {
      last = await server.status();
      return last !== null && fits(last) ? last : undefined;
    },
  );
}

/** The names of what the supervisor wrote into its log. */
function loggedBySupervisor(server: ServerProcess): string[] {
  const lines = readFileSync(`${server.dataDir}/logs/supervisor.log`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => String(JSON.parse(line).event));
}

describe('a frozen core', () => {
  test(
    'is ended by the watchdog and started again, and clients go on',
    async () => {
      const server = serverWith(['watchdog.hangTimeoutMs=1000', 'restart.budget=0', 'restart.backoffMs=0']);
      const client = await pairedClient(server, await server.startAndServe());
      const { id: itemId } = await client.call('items.create', { sku: 'A', name: 'A', unit: 'pcs' });
      const receive = () => client.call('receipts.create', { post: true, lines: [{ itemId, quantity: 1 }] });
      await receive();

      const before = await statusThat(server, 'a core', ({ core }) => core.pid !== null);
      server.signal(Number(before.core.pid), 'SIGSTOP');
      // Asked of a core that will never answer.
      const asked = Promise.all([receive(), receive(), receive()]);
      const after = await statusThat(
        server,
        'another core',
        ({ state, core }) => state === 'running' && core.pid !== null && core.pid !== before.core.pid,
      );
      expect(after.core.lastDeath?.cause).toBe('hung');
      expect(after.core.restarts).toBeGreaterThan(before.core.restarts);
      expect(after.supervisor?.pid).toBe(before.supervisor?.pid);
      expect(new Set((await asked).map(({ number }) => number)).size).toBe(3);
      expect((await client.call('stock.onHand', { itemId })).quantity).toBe(4);
      await server.stop();
    },
    TIMEOUT_MS,
  );
});

describe('a core that cannot start', () => {
  test(
    'is tried again, then in safe mode, then given up, and the server says so',
    async () => {
      const tree = treeWithDyingCore();
      const server = serverWith(['restart.budget=3', 'restart.backoffMs=10'], tree);
      server.start();
      const status = await statusThat(server, 'the end of all tries', ({ state }) => state === 'stopped');
      expect(status.core).toMatchObject({ pid: null, state: 'stopped', restarts: 3 });
      expect(status.core.lastDeath).toMatchObject({ cause: 'exited', exitCode: 1 });
      expect(status.core.lastDeath?.stderrTail).toContain('planted: this core cannot start');
      // No disk holds the supervisor up: it tells the end before it is written down.
      const deaths = await until('four deaths in wanted.json', () => {
        const written = readRunFile(server.dataDir, 'wanted.json')?.deaths ?? [];
        return written.length >= 4 ? written : undefined;
      });
      expect(deaths.map(({ safeMode }) => safeMode)).toEqual([false, false, false, true]);
      expect(loggedBySupervisor(server)).toEqual(expect.arrayContaining(['core.safe-mode', 'core.given-up']));

      const told = await server.run('status');
      expect(told.exitCode).toBe(4);
      expect(told.output).toContain('stopped: the core cannot start');
      expect(told.output).toContain('planted: this core cannot start');
      await server.stop();
      expect((await server.run('status')).exitCode).toBe(3);
    },
    TIMEOUT_MS,
  );

  test(
    'serves read-only where safe mode spares it what it dies of',
    async () => {
      const tree = treeWithDyingCore("process.argv.includes('--safe-mode')");
      const server = serverWith(['restart.budget=2', 'restart.backoffMs=10'], tree);
      server.start();
      const status = await statusThat(server, 'safe mode', ({ state }) => state === 'running');
      expect(status.flags).toContain('read-only');
      expect((await server.run('status')).exitCode).toBe(0);
      await server.stop();
    },
    TIMEOUT_MS,
  );
});

describe('a start where there is a server already', () => {
  test(
    'says so, ends with 5, and the first one is asked to show itself',
    async () => {
      const server = serverWith([]);
      const before = await server.startAndServe();
      const second = await server.startAgain();
      expect(second.exitCode).toBe(5);
      expect(second.output).toContain('already running');
      await until('the first server to show itself', () =>
        server.outputTail().includes('a second time') ? true : undefined,
      );
      const after = await server.status();
      expect(after?.supervisor?.pid).toBe(before.supervisor?.pid);
      expect(after?.core.pid).toBe(before.core.pid);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'adopts the core of a killed supervisor, without any cleaning and without a failed call',
    async () => {
      // So long that no core of this test starts a supervisor by itself.
      const server = serverWith(['supervisor.absenceMs=600000']);
      const before = await server.startAndServe();
      const client = await pairedClient(server, before);
      const lost: string[] = [];
      await client.call('session.whoami', {});
      client.on('state', ({ phase }) => lost.push(phase));

      const killed = Number(before.supervisor?.pid);
      server.signal(killed, 'SIGKILL');
      await server.gone(killed);
      const alone = await server.run('status', '--json');
      expect(alone.exitCode).toBe(0);
      expect(JSON.parse(alone.output)).toMatchObject({ supervisor: null, core: { pid: before.core.pid } });

      const after = await server.startAndServe();
      expect(after.supervisor?.pid).not.toBe(killed);
      expect(after.core.pid).toBe(before.core.pid);
      await client.call('items.create', { sku: 'A', name: 'A', unit: 'pcs' });
      expect(lost).toEqual([]);
      await server.stop();
    },
    TIMEOUT_MS,
  );

  test(
    'works after both were killed, on the same port and with the same data',
    async () => {
      const server = serverWith([]);
      const before = await server.startAndServe();
      const client = await pairedClient(server, before);
      const { id } = await client.call('items.create', { sku: 'A', name: 'A', unit: 'pcs' });
      for (const pid of [before.supervisor?.pid, before.core.pid].map(Number)) {
        server.signal(pid, 'SIGKILL');
        await server.gone(pid);
      }
      expect((await server.run('status')).exitCode).toBe(3);
      const after = await server.startAndServe();
      expect(after.port).toBe(before.port);
      expect(after.serverId).toBe(before.serverId);
      expect((await client.call('items.get', { sku: 'A' })).id).toBe(id);
      await server.stop();
    },
    TIMEOUT_MS,
  );
});
