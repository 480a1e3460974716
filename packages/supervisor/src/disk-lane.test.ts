// The way to a disk that hangs: who waits is told in time, nothing piles up, and what was to be written is written later.
import { DiskLane, DiskSilentError } from './disk-lane.ts';

let logged: string[];
let lane: DiskLane;
beforeEach(() => {
  logged = [];
  lane = new DiskLane((event) => void logged.push(event), 20);
});

test('work is done one after the other, and its errors are told', async () => {
  const done: number[] = [];
  const slow = lane.write('a', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push(1);
  });
  const fast = lane.run('b', async () => done.push(2));
  await expect(lane.run('c', () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
  await Promise.all([slow, fast]);
  expect(done).toEqual([1, 2]);
  expect(logged).toEqual([]);
});

test('a silent disk: all are told, only the newest write is kept, and it is said once', async () => {
  const disk = Promise.withResolvers<void>();
  const done: string[] = [];
  const hung = lane.write('a', async () => {
    await disk.promise;
    done.push('first');
  });
  const read = lane.run('b', async () => done.push('read'));
  const older = lane.write('a', async () => done.push('older'));
  for (const late of [hung, read, older]) await expect(late).rejects.toThrow(DiskSilentError);
  await expect(lane.run('b', async () => done.push('read'))).rejects.toThrow(DiskSilentError);
  await expect(lane.write('a', async () => done.push('newest'))).rejects.toThrow(DiskSilentError);
  expect(logged).toEqual(['supervisor.disk.silent']);
  disk.resolve();
  // Behind all that waits.
  const answers = lane.write('c', async () => done.push('afterwards'));
  await answers.catch(() => undefined);
  while (!done.includes('afterwards')) await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual(['first', 'newest', 'afterwards']);
  expect(logged).toEqual(['supervisor.disk.silent', 'supervisor.disk.answered']);
  expect(await lane.run('b', async () => 'again')).toBe('again');
});
