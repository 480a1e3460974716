// Shows notifications by Electron, and waits until each is seen: whoever asked shows it in another way if it is not.

import { MasalaError } from '@masala/protocol/tables';
import { type AskedNotification, type NotificationLook, onNotify } from './decisions.ts';

/** A desktop shows one at once, or says why not; Windows says nothing where the program is not installed in its start menu. */
const SHOWN_WITHIN_MS = 2_000;

/** A notification that nobody holds loses its click; of more than these nobody reads the oldest. */
const KEPT_MAX = 8;

/** What is used of Electron's Notification. */
export interface DesktopNotification {
  once(event: 'show', listener: () => void): unknown;
  once(event: 'click', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  once(event: 'failed', listener: (event: unknown, error: string) => void): unknown;
  show(): void;
  close(): void;
}

export interface NotificationsOptions {
  readonly platform: NodeJS.Platform;
  readonly isSupported: () => boolean;
  readonly make: (look: NotificationLook) => DesktopNotification;
  /** Somebody clicked one. */
  readonly onClick: () => void;
}

export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #kept = new Set<DesktopNotification>();

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Settles when it is seen. Rejects with NOTIFICATIONS_UNAVAILABLE where it is not. */
  async show(asked: AskedNotification): Promise<void> {
    const { platform, isSupported, make, onClick } = this.#options;
    const look = onNotify(asked, { platform, isSupported: isSupported() });
    if (look === null) throw new MasalaError('NOTIFICATIONS_UNAVAILABLE', { reason: 'unsupported' });
    const notification = make(look);
    this.#keep(notification);
    notification.once('click', onClick);
    notification.once('close', () => this.#kept.delete(notification));
    try {
      await seen(notification);
    } catch (error) {
      this.#kept.delete(notification);
      notification.close(); // it must not come after the other one
      throw error;
    }
  }

  #keep(notification: DesktopNotification): void {
    this.#kept.add(notification);
    const [oldest] = this.#kept;
    if (oldest !== undefined && this.#kept.size > KEPT_MAX) this.#kept.delete(oldest);
  }
}

async function seen(notification: DesktopNotification): Promise<void> {
  const shown = Promise.withResolvers<void>();
  const fail = (reason: string) => shown.reject(new MasalaError('NOTIFICATIONS_UNAVAILABLE', { reason }));
  const late = setTimeout(fail, SHOWN_WITHIN_MS, 'the desktop said nothing');
  notification.once('show', shown.resolve);
  notification.once('failed', (_event, error) => fail(error));
  try {
    notification.show();
    await shown.promise;
  } finally {
    clearTimeout(late);
  }
}
