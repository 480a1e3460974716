// Which of Windows's calls bring the dashboard's window to the front.
import { bringToFront, type DesktopWindows } from './bring-to-front.ts';

function desktopWith(window: { minimized: boolean; raisable: boolean } | null) {
  const calls: string[] = [];
  const windows: DesktopWindows<number> = {
    find: (className, title) => {
      calls.push(`find ${className} ${title}`);
      return window === null ? 0 : 42;
    },
    isMinimized: () => window?.minimized === true,
    show: (handle, command) => calls.push(`show ${handle} ${command}`),
    raise: (handle) => {
      calls.push(`raise ${handle}`);
      return window?.raisable === true;
    },
  };
  return { windows, calls };
}

test.each([
  ['minimized', true, 'show 42 9'],
  ['hidden or behind others', false, 'show 42 5'],
])('a window that is %s is shown and raised', (_how, minimized, shown) => {
  const { windows, calls } = desktopWith({ minimized, raisable: true });
  expect(bringToFront(windows)).toBe('raised');
  expect(calls).toEqual(['find Chrome_WidgetWin_1 Masala', shown, 'raise 42']);
});

test('without a window nothing is touched, and a refusal is told', () => {
  const absent = desktopWith(null);
  expect(bringToFront(absent.windows)).toBe('absent');
  expect(absent.calls).toHaveLength(1);
  expect(bringToFront(desktopWith({ minimized: false, raisable: false }).windows)).toBe('refused');
});
