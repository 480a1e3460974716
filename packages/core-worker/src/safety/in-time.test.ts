// Looks at a folder that may hang: how they wait for one another.

import { inTime } from './in-time.ts';

test('looks at one folder wait for one another, and a fault of one is not that of the next', async () => {
  const order: string[] = [];
  const look = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise(setImmediate);
    order.push(`${name} ends`);
    if (name === 'one') throw new Error('planted');
    return name;
  };
  const one = inTime('folder', look('one'));
  const two = inTime('folder', look('two'));
  await expect(one).rejects.toThrow('planted');
  expect(await two).toBe('two');
  expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});
