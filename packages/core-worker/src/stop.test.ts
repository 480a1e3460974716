// The ordered stop: what is in flight is answered, nothing new is taken, and the process ends with 0.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, limits } from '@masala/protocol';
import { readRunFile } from '@masala/protocol/control';
import { v7 } from 'uuid';
import { startCore } from './testing/core-under-test.ts';

test('a stop over the control channel answers what is in flight and tells everybody', async () => {
  const core = await startCore();
  const { client, token } = await core.device();
  const { client: watcher } = await core.device('viewer');
  await watcher.call('session.subscribe', { events: ['server.notice'] });
  const saves = Array.from({ length: 100 }, (_, index) => {
    const create = { commandId: v7(), sku: `S-${index}`, name: 'x', unit: 'pcs' };
    return client.request('items.create', create).then(({ error, result }) => ({ create, error, result }));
  });
  // In order after the saves on the same connection: they have been taken when it is answered.
  await client.call('session.ping', {});
  const [, { stopping }] = await Promise.all([
    core.control.call('stop', {}),
    core.control.call('status', {}),
  ]);
  expect(stopping).toEqual({ phase: expect.stringMatching(/./), pending: expect.any(Number) });
  const answers = await Promise.all(saves);
  for (const { error } of answers) expect([undefined, 'SERVER_STOPPING']).toContain(error?.code);
  expect((await watcher.event('server.notice')).params).toMatchObject({ notice: 'stopping' });
  expect(await core.process.exitCode()).toBe(0);
  expect(await client.farewell()).toBe('SERVER_STOPPING');
  expect(existsSync(join(core.dataDir, 'run', 'core.json'))).toBe(false);

  const next = await startCore({ dataDir: core.dataDir });
  const again = await next.signIn(token);
  for (const { create, error, result } of answers) {
    const replayed = await again.call('items.create', create);
    if (error === null) expect(replayed).toEqual(result);
  }
  await next.end();
});

test('an import under way is broken off by a stop, since it can be given again at no loss', async () => {
  const core = await startCore();
  const { client } = await core.device('admin');
  // Far more than is booked until the stop comes.
  const rows = Array.from({ length: 20_000 }, (_, row) => `SKU-${row},Item ${row}`);
  const file = Buffer.from(`sku,name\n${rows.join('\n')}\n`);
  const map = { source: 'stop-test', columns: { sku: 'sku', name: 'name' } };
  const begin = { kind: 'items', fileName: 'items.csv', sizeBytes: file.length, map };
  const { importId } = await client.call('imports.begin', begin);
  for (let offset = 0; offset < file.length; offset += limits.importChunkBytes) {
    const bytes = file.subarray(offset, offset + limits.importChunkBytes);
    await client.call('imports.chunk', { importId, offset, bytes });
  }
  const run = client.codeOf('imports.run', { importId });
  await client.event('import.progress');
  await core.control.call('stop', {});
  expect(await run).toBe('SERVER_STOPPING');
  expect(await core.process.exitCode()).toBe(0);
  await core.logged('core.stopped');
  expect(readFileSync(join(core.dataDir, 'logs', 'core.log'), 'utf8')).not.toContain('core.stop.pending');
  await core.end();
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s is an ordered stop', async (signal) => {
  const core = await startCore();
  core.process.child.kill(signal);
  expect(await core.process.exitCode()).toBe(0);
  expect((await core.logged('core.stopping')).at(-1)).toMatchObject({ reason: signal });
  expect(await core.logged('core.stopped')).toHaveLength(1);
  await core.end();
});

test('what an unexpected error ends says so durably and in the log, and the next start goes on', async () => {
  const source = "process.once('SIGUSR2', () => { throw new Error('planted') })";
  const fault = `data:text/javascript,${encodeURIComponent(source)}`;
  const core = await startCore({ environment: { NODE_OPTIONS: `--import=${fault}` } });
  const { token } = await core.device();
  core.process.child.kill('SIGUSR2');
  expect(await core.process.exitCode()).toBe(exitCodes.FAULT.code);
  expect(readRunFile(core.dataDir, 'exit-reason.json')).toMatchObject({
    pid: core.process.pid,
    reason: 'FAULT',
    message: expect.stringContaining('planted'),
  });
  expect(await core.logged('core.fault')).toHaveLength(1);
  const next = await startCore({ dataDir: core.dataDir });
  await next.signIn(token);
  await next.end();
});

test('safe mode reads and does not write', async () => {
  const before = await startCore();
  const { client: writing, token } = await before.device();
  const booked = { commandId: v7(), sku: 'SAFE', name: 'x', unit: 'pcs' };
  const item = await writing.call('items.create', booked);
  await before.process.kill();
  const args = ['--host', '127.0.0.1', '--port', '0', '--discovery-port', '0', '--safe-mode'];
  const core = await startCore({ dataDir: before.dataDir, args });
  const client = await core.signIn(token);
  expect(await client.hello()).toMatchObject({ flags: ['safe-mode', 'read-only'] });
  expect(await client.call('items.get', { sku: 'SAFE' })).toMatchObject({ id: item.id });
  expect(await client.codeOf('items.create', { ...booked, commandId: v7(), sku: 'X' })).toBe('READ_ONLY');
  // A replay is answered whatever the state.
  expect(await client.call('items.create', booked)).toEqual(item);
  await expect(core.control.call('pair', {})).rejects.toMatchObject({ code: 'READ_ONLY' });
  expect(await core.control.call('status', {})).toMatchObject({ safeMode: true, flags: ['read-only'] });
  await core.end();
});
