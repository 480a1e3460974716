// A notification that a window of the dashboard shows is not shown a second time, and one that it cannot show is not lost.
import { Notifier } from './notifier.ts';

test('what was shown elsewhere is not shown here; everything else is', async () => {
  const failures: unknown[] = [];
  let isShownElsewhere = true;
  // Where no program of the system's own is known every try to show it here is a line.
  const notifier = new Notifier({
    platform: 'darwin',
    environment: {},
    log: (_event, fields) => void failures.push(fields?.reason),
    shownElsewhere: async () => isShownElsewhere,
  });
  const notification = { title: 'Low', body: 'Free some.', urgency: 'normal' } as const;
  await notifier.show(notification);
  expect(failures).toEqual([]);
  isShownElsewhere = false;
  await notifier.show(notification);
  expect(failures).toEqual(['no way to notify on darwin']);
});
