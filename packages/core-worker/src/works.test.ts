// Work that is under way is in the list, each with its own progress, from its beginning to its end.
import type { WorkProgress } from '@masala/protocol/control';
import { type OnProgress, Works } from './works.ts';

/** A piece of work that advances and ends when the test says so. */
function begin(works: Works, work: WorkProgress['work'], id?: string) {
  const heard: WorkProgress[] = [];
  const end = Promise.withResolvers<string>();
  let advance: OnProgress = () => undefined;
  const answer = works.run(
    work,
    id,
    (progress) => heard.push(progress),
    (onProgress) => {
      advance = onProgress;
      return end.promise;
    },
  );
  return { heard, end, answer, advance: (done: number) => advance({ phase: 'copy', done, total: 9 }) };
}

test('each hears of its own work alone, and the list has both until they end', async () => {
  let changes = 0;
  const works = new Works(() => {
    changes += 1;
  });
  const mine = begin(works, 'backup', 'mine');
  const other = begin(works, 'backup');
  mine.advance(1);
  other.advance(5);
  expect(mine.heard).toEqual([{ id: 'mine', work: 'backup', phase: 'copy', done: 1, total: 9 }]);
  expect(other.heard).toMatchObject([{ id: expect.stringMatching(/.{36}/), done: 5 }]);
  expect(works.told).toEqual([...mine.heard, ...other.heard]);
  mine.end.resolve('made');
  expect(await mine.answer).toBe('made');
  other.end.reject(new Error('no space'));
  await expect(other.answer).rejects.toThrow('no space');
  expect(works.told).toEqual([]);
  expect(changes).toBe(4);
});

test('the list stays as short as the contract has it', () => {
  const works = new Works(() => undefined);
  for (let count = 0; count < 20; count++) begin(works, 'verify', `w${count}`);
  expect(works.told.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, index) => `w${index}`));
});
