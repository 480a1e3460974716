// The factory's other PCs, as a test of the page needs them: paired by the shipped command, connected by the shipped library.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Client, connect, pair } from '@masala/client';
import { ownTree, type ServerProcess } from '../torture/server-process.ts';
import { until } from '../torture/waiting.ts';

/** Where the server listens now; it may be restarting. */
export function portOf(server: ServerProcess): Promise<number> {
  return until('the port of the server', async () => {
    const status = await server.status();
    return status?.state === 'running' && status.port !== null ? status.port : undefined;
  });
}

/** `masala pair CODE`, as a person types it on the new PC. Throws with its words when it failed. */
export async function pairByCommand(server: ServerProcess, code: string, deviceName: string): Promise<void> {
  const profile = join(server.folder, deviceName);
  const address = `127.0.0.1:${await portOf(server)}`;
  const program = join(ownTree, 'packages/client/src/cli/masala.ts');
  const child = spawn(
    process.execPath,
    [
      program,
      '--profile',
      profile,
      '--server',
      address,
      '--discovery-port',
      '0',
      'pair',
      code,
      '--name',
      deviceName,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (exitCode !== 0) throw new Error(`masala pair ended with ${exitCode}:\n${words}`);
}

/** A desktop that is paired, connected and signed in. The caller closes it. */
export async function connectDesktop(
  server: ServerProcess,
  deviceName: string,
  role: 'admin' | 'office' = 'office',
): Promise<Client> {
  const port = await portOf(server);
  const code = await server.pair(role);
  const address = { address: '127.0.0.1', port };
  const profile = await pair({ code, deviceName, server: address, discoveryPort: 0 });
  const client = connect({ ...profile, retryDelayMs: 100 });
  // A call that is answered proves that it is signed in.
  await client.call('units.list', {});
  return client;
}
