// Notices are filled in here, once, so that tray, terminal and page say the same.
import { noticeOf, notices } from './notices.ts';

test('low disk space is told in its exact words, with the number as people write it', () => {
  expect(noticeOf('disk-low', { megabytes: 412, folder: 'C:\\Masala' }, 7)).toEqual({
    name: 'disk-low',
    level: 'warn',
    message: 'Low disk space — 412 MB remaining. Data operations may fail.',
    hint: 'Free space on the drive of C:\\Masala.',
    since: 7,
    data: { megabytes: 412, folder: 'C:\\Masala' },
  });
  expect(noticeOf('disk-low', { megabytes: 20_480 }, 7).message).toBe(
    'Low disk space — 20,480 MB remaining. Data operations may fail.',
  );
});

test('what is missing in the data stays visible as a placeholder', () => {
  expect(noticeOf('backup-failed', {}, 7).message).toBe(notices['backup-failed'].message);
});
