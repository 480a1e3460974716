// A desktop of a test's own: an X server that shows nothing, a private D-Bus, and on it the two services that a tray icon and a
// notification need. What a person would see and click is read and clicked over D-Bus.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import dbus, { type Message, type MessageBus } from 'dbus-next';
import { until } from '../torture/waiting.ts';
import { program, type Requirement } from './requires.ts';

/** Everything that a desktop is made of (Debian: xvfb dbus libgtk-3-0 libayatana-appindicator3-1 libnotify-bin). */
export const desktopRequirements: readonly Requirement[] = [
  {
    name: 'Xvfb',
    isMet: () => process.platform === 'linux' && program('sh', '-c', 'command -v Xvfb').isMet(),
  },
  program('dbus-daemon', '--version'),
  program('notify-send', '--version'),
  {
    name: 'libgtk-3 and libayatana-appindicator3',
    isMet: () =>
      program('sh', '-c', 'ldconfig -p | grep -q libgtk-3 && ldconfig -p | grep -q appindicator3').isMet(),
  },
];

/** Without folders of services: nothing of the machine's own desktop is started on it. */
const BUS_CONFIGURATION = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;
const DISPLAY_FLAGS = ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'];

const WATCHER = 'org.kde.StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const NOTIFICATIONS = 'org.freedesktop.Notifications';
const BUS = 'org.freedesktop.DBus';
const OWNER = 1;
/** The descriptor on which the desktop's programs say where they can be reached. */
const SPOKEN = 3;

export interface SeenNotification {
  readonly application: string;
  readonly title: string;
  readonly body: string;
}

/** An icon in the tray, as a panel knows it. */
export interface SeenIcon {
  /** Its owner's name on the bus: another one is another icon. */
  readonly owner: string;
  readonly path: string;
}

class Watcher extends dbus.interface.Interface {
  readonly items: string[] = [];
  get RegisteredStatusNotifierItems(): string[] {
    return this.items;
  }
  get IsStatusNotifierHostRegistered(): boolean {
    return true;
  }
  get ProtocolVersion(): number {
    return 0;
  }
  RegisterStatusNotifierItem(service: string): void {
    this.items.push(service);
  }
  RegisterStatusNotifierHost(): void {
    // a panel may come; this one is enough
  }
}
Watcher.configureMembers({
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: 'read' },
    IsStatusNotifierHostRegistered: { signature: 'b', access: 'read' },
    ProtocolVersion: { signature: 'i', access: 'read' },
  },
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
});

class NotificationServer extends dbus.interface.Interface {
  readonly seen: SeenNotification[] = [];
  GetCapabilities(): string[] {
    return ['body'];
  }
  GetServerInformation(): string[] {
    return ['test', 'test', '1', '1.2'];
  }
  Notify(application: string, _replaces: number, _icon: string, title: string, body: string): number {
    return this.seen.push({ application, title, body });
  }
  CloseNotification(): void {
    // nothing is on a screen
  }
}
NotificationServer.configureMembers({
  methods: {
    GetCapabilities: { inSignature: '', outSignature: 'as' },
    GetServerInformation: { inSignature: '', outSignature: 'ssss' },
    Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' },
    CloseNotification: { inSignature: 'u', outSignature: '' },
  },
});

/** A node of a menu as D-Bus carries it: number, properties, children. */
type MenuNode = readonly [
  number,
  Readonly<Record<string, dbus.Variant>>,
  readonly { readonly value: MenuNode }[],
];

export class TestDesktop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'masala-desktop-'));
  readonly #icons: SeenIcon[] = [];
  readonly #notifications = new NotificationServer(NOTIFICATIONS);
  #displayServer: ChildProcess | undefined;
  #busServer: ChildProcess | undefined;
  #display = '';
  #busAddress = '';
  #bus: MessageBus | undefined;

  /** Starts the desktop; call `close` in any case. */
  async open(): Promise<this> {
    await this.startDisplay();
    await this.#startBus();
    return this;
  }

  /** Starts the X server; one that was ended comes back as the same display. */
  async startDisplay(): Promise<void> {
    const again = this.#display === '' ? [] : [this.#display];
    this.#displayServer = spawnSpeaking('Xvfb', [...again, ...DISPLAY_FLAGS]);
    this.#display = `:${await firstLine(this.#displayServer)}`;
  }

  /** Kills the X server: every program with a window loses it. */
  async endDisplay(): Promise<void> {
    await end(this.#displayServer);
  }

  /** Kills the bus: nobody sees icons or notifications any more. */
  async endBus(): Promise<void> {
    this.#bus?.disconnect();
    await end(this.#busServer);
  }

  async #startBus(): Promise<void> {
    const configuration = join(this.#folder, 'bus.conf');
    writeFileSync(configuration, BUS_CONFIGURATION);
    this.#busServer = spawnSpeaking('dbus-daemon', [
      ...['--config-file', configuration, '--nofork', '--print-address=3'],
    ]);
    this.#busAddress = await firstLine(this.#busServer);
    const bus = dbus.sessionBus({ busAddress: this.#busAddress });
    this.#bus = bus;
    // A program of the desktop that goes away is what some tests are about.
    bus.on('error', () => undefined);
    bus.addMethodHandler((message: Message) => {
      if (message.member === 'RegisterStatusNotifierItem')
        this.#register(String(message.sender), message.body[0]);
      return false; // the watcher answers
    });
    bus.export('/StatusNotifierWatcher', new Watcher(WATCHER));
    bus.export('/org/freedesktop/Notifications', this.#notifications);
    for (const name of [WATCHER, NOTIFICATIONS]) {
      if ((await bus.requestName(name, 4)) !== OWNER) throw new Error(`somebody else is ${name}`);
    }
  }

  /** What a program needs to be on this desktop. */
  get environment(): Readonly<Record<string, string>> {
    return {
      DISPLAY: this.#display,
      DBUS_SESSION_BUS_ADDRESS: this.#busAddress,
      WAYLAND_DISPLAY: '',
      NO_AT_BRIDGE: '1', // GTK would else start the bus of the screen readers
    };
  }

  get notifications(): readonly SeenNotification[] {
    return this.#notifications.seen;
  }

  /** The newest icon once it is there, its menu has an entry `label`, and its picture is set. */
  async icon(label: string): Promise<SeenIcon> {
    return await until(`an icon in the tray with the entry "${label}"`, async () => {
      const icon = this.#icons.at(-1);
      if (icon === undefined || !(await this.#exists(icon))) return undefined;
      const labels = await this.labels(icon).catch((): string[] => []);
      const picture = await this.picture(icon).catch(() => '');
      return labels.includes(label) && picture.startsWith('/') ? icon : undefined;
    });
  }

  /** The texts of its menu, from the top. */
  async labels(icon: SeenIcon): Promise<string[]> {
    return (await this.#menu(icon)).map(({ label }) => label);
  }

  /** The path of the picture that it shows. */
  async picture(icon: SeenIcon): Promise<string> {
    return String(await this.#property(icon, 'IconName'));
  }

  /** Chooses an entry of its menu. */
  async click(icon: SeenIcon, label: string): Promise<void> {
    const entry = (await this.#menu(icon)).find((one) => one.label === label);
    if (entry === undefined) throw new Error(`the menu has no entry "${label}"`);
    const menu = await this.#menuPath(icon);
    await this.#call(icon.owner, menu, MENU, 'Event', 'isvu', [
      ...[entry.id, 'clicked', new dbus.Variant('i', 0), 0],
    ]);
  }

  async gone(icon: SeenIcon): Promise<void> {
    await until('the icon to go', async () => ((await this.#exists(icon)) ? undefined : true));
  }

  /** Ends everything. What was on the desktop loses its display and its bus. */
  async close(): Promise<void> {
    await this.endBus();
    await this.endDisplay();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An icon names either its object, or the name that it has on the bus. */
  #register(sender: string, service: string): void {
    const isPath = service.startsWith('/');
    this.#icons.push({ owner: isPath ? sender : service, path: isPath ? service : '/StatusNotifierItem' });
  }

  async #menu(icon: SeenIcon): Promise<{ readonly id: number; readonly label: string }[]> {
    const body = await this.#call(icon.owner, await this.#menuPath(icon), MENU, 'GetLayout', 'iias', [
      0,
      -1,
      [],
    ]);
    const entries: { id: number; label: string }[] = [];
    const walk = ([id, properties, children]: MenuNode) => {
      if (properties.label !== undefined) entries.push({ id, label: String(properties.label.value) });
      for (const { value } of children) walk(value);
    };
    walk(body[1] as MenuNode);
    return entries;
  }

  async #menuPath(icon: SeenIcon): Promise<string> {
    return String(await this.#property(icon, 'Menu'));
  }

  async #property({ owner, path }: SeenIcon, name: string): Promise<unknown> {
    const [value] = await this.#call(owner, path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [
      ITEM,
      name,
    ]);
    return (value as dbus.Variant).value;
  }

  async #exists({ owner }: SeenIcon): Promise<boolean> {
    const [exists] = await this.#call(BUS, '/org/freedesktop/DBus', BUS, 'NameHasOwner', 's', [owner]);
    return exists === true;
  }

  async #call(
    destination: string,
    path: string,
    interfaceName: string,
    member: string,
    signature: string,
    body: unknown[],
  ): Promise<unknown[]> {
    if (this.#bus === undefined) throw new Error('the desktop is not open');
    const message = new dbus.Message({
      destination,
      path,
      interface: interfaceName,
      member,
      signature,
      body,
    });
    const reply = await this.#bus.call(message);
    return reply?.body ?? [];
  }
}

/** Starts a program that says on a descriptor of its own where it can be reached. */
function spawnSpeaking(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  let line = '';
  (child.stdio[SPOKEN] as Readable).setEncoding('utf8').on('data', (text: string) => {
    line += text;
  });
  return await until(`${child.spawnfile} to be there`, () => {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    return line.includes('\n') ? line.trim() : undefined;
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
