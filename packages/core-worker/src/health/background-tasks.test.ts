// The guard over background tasks: nothing that they do ends the process or is lost.

import { CoreState } from '../state.ts';
import { BackgroundTasks, pause } from './background-tasks.ts';

function guarded() {
  const state = new CoreState();
  const lines: { event: string; fields: Readonly<Record<string, unknown>> | undefined }[] = [];
  const tasks = new BackgroundTasks((event, fields) => lines.push({ event, fields }), state);
  return { state, lines, tasks };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a throw is logged with its error, marks the core degraded, and the task is started again', async () => {
  const { state, lines, tasks } = guarded();
  let starts = 0;
  tasks.start('flaky', async (signal) => {
    starts += 1;
    if (starts === 1) throw new Error('planted');
    await pause(60_000, signal);
  });
  await until(() => lines.length > 0);
  expect(state.has('degraded')).toBe(true);
  expect(lines[0]).toMatchObject({
    event: 'task.failed',
    fields: { task: 'flaky', failures: 1, error: expect.objectContaining({ message: 'planted' }) },
  });
  await until(() => starts === 2);
  await tasks.stop();
});

test('a task that ends without being asked is a fault too', async () => {
  const { lines, tasks } = guarded();
  tasks.start('short', () => Promise.resolve());
  await until(() => lines.length > 0);
  expect(lines[0]).toMatchObject({
    fields: { task: 'short', error: expect.objectContaining({ message: expect.stringContaining('ended') }) },
  });
  await tasks.stop();
});

test('asked to stop, every task ends without a fault', async () => {
  const { state, lines, tasks } = guarded();
  for (const name of ['one', 'two']) tasks.start(name, (signal) => pause(60_000, signal));
  await tasks.stop();
  expect(lines).toEqual([]);
  expect(state.has('degraded')).toBe(false);
});
