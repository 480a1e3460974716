// A list by pages never mixes the answers of two readings, and keeps what it has when one fails.
import { type ListPage, PageList } from './page-list.ts';

type Page = ListPage<number, number>;

/** Pages of three of the numbers up to a last one. */
function numbers(last: () => number): (after: number | undefined) => Promise<Page> {
  return async (after = 0) => {
    const rows = [1, 2, 3].map((step) => after + step).filter((row) => row <= last());
    const end = rows.at(-1) ?? after;
    return { rows, next: end < last() ? end : null };
  };
}

test('pages are read one after the other until there is none', async () => {
  const list = new PageList(numbers(() => 7));
  expect(list.state().rows).toBeUndefined();
  await list.reload();
  await list.readMore();
  expect(list.state()).toMatchObject({ rows: [1, 2, 3, 4, 5, 6], hasMore: true });
  await list.readMore();
  await list.readMore();
  expect(list.state()).toMatchObject({ rows: [1, 2, 3, 4, 5, 6, 7], hasMore: false });
});

test('it is read anew as far as it was read before', async () => {
  let last = 7;
  const list = new PageList(numbers(() => last));
  await list.reload();
  await list.readMore();
  last = 5;
  await list.reload();
  expect(list.state()).toMatchObject({ rows: [1, 2, 3, 4, 5], hasMore: false });
});

test('the answer of an earlier reading is not taken', async () => {
  const answers: ((page: Page) => void)[] = [];
  const list = new PageList<number, number>(() => new Promise<Page>((resolve) => answers.push(resolve)));
  const readings = [list.reload(), list.reload()];
  answers[1]?.({ rows: [2], next: null });
  answers[0]?.({ rows: [1], next: null });
  await Promise.all(readings);
  expect(list.state().rows).toEqual([2]);
});

test('what was read stays when a page fails, and the failure is told', async () => {
  let isBroken = false;
  const read = numbers(() => 7);
  const list = new PageList<number, number>(async (after) => {
    if (isBroken) return await Promise.reject({ code: 'HOST_LOST', message: 'Lost.', hint: 'Wait.' });
    return await read(after);
  });
  await list.reload();
  isBroken = true;
  await list.readMore();
  expect(list.state()).toMatchObject({ rows: [1, 2, 3], isReading: false, error: { code: 'HOST_LOST' } });
  isBroken = false;
  await list.readMore();
  expect(list.state()).toMatchObject({ rows: [1, 2, 3, 4, 5, 6], error: undefined });
});
