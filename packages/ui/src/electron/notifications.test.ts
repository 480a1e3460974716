// Notifications by Electron, with a desktop of the test's own that shows, refuses or says nothing.
import { EventEmitter } from 'node:events';
import { type NotificationLook, onNotify } from './decisions.ts';
import { type DesktopNotification, Notifications } from './notifications.ts';

const asked = { title: 'Low', body: 'A <b> & c', urgency: 'critical' } as const;

test('what is asked for becomes what Electron is told', () => {
  const look = { ...asked, timeoutType: 'never' };
  expect(onNotify(asked, { platform: 'win32', isSupported: true })).toEqual(look);
  expect(onNotify(asked, { platform: 'linux', isSupported: true })).toEqual({
    ...look,
    body: 'A &lt;b&gt; &amp; c',
  });
  expect(onNotify({ ...asked, urgency: 'normal' }, { platform: 'win32', isSupported: true })).toMatchObject({
    timeoutType: 'default',
  });
  expect(onNotify(asked, { platform: 'linux', isSupported: false })).toBeNull();
});

class Shown extends EventEmitter implements DesktopNotification {
  readonly look: NotificationLook;
  readonly #says: string | undefined;
  isClosed = false;

  constructor(look: NotificationLook, says: string | undefined) {
    super();
    this.look = look;
    this.#says = says;
  }

  show(): void {
    if (this.#says !== undefined) setImmediate(() => this.emit(this.#says ?? '', {}, 'no bus'));
  }

  close(): void {
    this.isClosed = true;
    this.emit('close');
  }
}

function desktop(says: string | undefined, isSupported = true) {
  const shown: Shown[] = [];
  const clicks: number[] = [];
  const notifications = new Notifications({
    platform: 'linux',
    isSupported: () => isSupported,
    make: (look) => {
      const one = new Shown(look, says);
      shown.push(one);
      return one;
    },
    onClick: () => void clicks.push(shown.length),
  });
  return { notifications, shown, clicks };
}

test('is answered when it is seen, and a click on it is heard', async () => {
  const { notifications, shown, clicks } = desktop('show');
  await notifications.show(asked);
  expect(shown[0]?.look.title).toBe('Low');
  expect(shown[0]?.isClosed).toBe(false);
  shown[0]?.emit('click');
  expect(clicks).toHaveLength(1);
});

test.each([
  ['a desktop that refuses', 'failed', 'no bus'],
  ['a desktop that says nothing', undefined, 'the desktop said nothing'],
])('%s is told by a code, and shows nothing later', async (_name, says, reason) => {
  const { notifications, shown } = desktop(says);
  await expect(notifications.show(asked)).rejects.toMatchObject({
    code: 'NOTIFICATIONS_UNAVAILABLE',
    data: { reason },
  });
  expect(shown[0]?.isClosed).toBe(true);
});

test('where there are none at all that is told', async () => {
  const { notifications, shown } = desktop('show', false);
  await expect(notifications.show(asked)).rejects.toMatchObject({ code: 'NOTIFICATIONS_UNAVAILABLE' });
  expect(shown).toEqual([]);
});
