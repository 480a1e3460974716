// The first run, as the admin of a new server meets it: a name, a second drive, the first device, and the dashboard.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeIf } from '../testing/requires.ts';
import { folderOnSecondDrive, secondDrive } from '../testing/second-drive.ts';
import { until } from '../torture/waiting.ts';
import { realBrowser } from './browser.ts';
import { DashboardUnderTest } from './dashboard-under-test.ts';
import { pairByCommand } from './desktop.ts';
import { readQrCode } from './read-qr-code.ts';

/** A server, a browser and a restart, on a machine that is busy with other things. */
const TIMEOUT_MS = 600_000;

/**
 * What "in under three minutes" means where no clock may judge: two texts to type and five buttons to press, beside one
 * command on the new device. At twenty seconds each it is under three minutes.
 */
const INPUTS_MAX = 7;
/** The same by the keyboard alone: a key for each way to a field or button, one for each press, and no key in vain. */
const KEYS_MAX = 16;

let dashboard: DashboardUnderTest | undefined;
let second = '';

afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
  if (second !== '') rmSync(second, { recursive: true, force: true });
  second = '';
}, TIMEOUT_MS);

async function settingsOf({ server }: DashboardUnderTest) {
  const told = await until(
    'the settings',
    async () => (await server.ask((control) => control.call('settings.list', {}))) ?? undefined,
  );
  return new Map(told.settings.map((setting) => [setting.name, setting]));
}

/** What the admin does, counted. */
class Admin {
  inputs = 0;
  readonly #page: DashboardUnderTest['page'];

  constructor({ page }: DashboardUnderTest) {
    this.#page = page;
  }

  async write(label: string, text: string): Promise<void> {
    this.inputs++;
    await this.#page.getByLabel(label).fill(text);
  }

  async press(name: string): Promise<void> {
    this.inputs++;
    await this.#page.getByRole('button', { name, exact: true }).click();
  }

  /** A key, once or several times. */
  async key(key: 'Tab' | 'Enter', times = 1): Promise<void> {
    for (let time = 0; time < times; time++) {
      this.inputs++;
      await this.#page.keyboard.press(key);
    }
  }
}

describeIf([realBrowser, secondDrive], 'the first run', () => {
  test(
    'leads with a few inputs from a new server to a named one with a second drive and a first device',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page, server } = dashboard;
      const admin = new Admin(dashboard);
      second = folderOnSecondDrive();

      await page.getByRole('heading', { name: 'What is this server called?' }).waitFor();
      expect(await page.getByRole('list', { name: 'Steps' }).getByRole('listitem').count()).toBe(4);
      expect(await page.getByText('A new empty database').count()).toBe(0);
      await admin.write('Server name', 'Spice Mill');
      await admin.press('Continue');
      await admin.write('Folder on a second drive', second);
      await page.getByText('Good: a drive of its own').waitFor();
      await admin.press('Continue');
      await page.getByRole('heading', { name: 'Add the first device' }).waitFor();
      await admin.press('Make a join code');
      const scanned = await readQrCode(page.getByRole('img', { name: 'The join code as a QR code' }));
      expect(scanned).toBe(await page.getByTestId('join-code').innerText());
      await pairByCommand(server, scanned, 'Goods-in');
      await page.getByText('“Goods-in” is paired').waitFor();
      await admin.press('Continue');
      await admin.press('Restart and go to the dashboard');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor({ timeout: TIMEOUT_MS });
      expect(admin.inputs).toBeLessThanOrEqual(INPUTS_MAX);

      const settings = await settingsOf(dashboard);
      expect(settings.get('server.name')).toMatchObject({ value: 'Spice Mill', source: 'file' });
      expect(settings.get('backup.secondFolder')).toMatchObject({ value: second, source: 'file' });
      // Other programs on this PC would get them.
      expect(await page.context().cookies()).toEqual([]);
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'can be done by the keyboard alone',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page, server } = dashboard;
      const admin = new Admin(dashboard);
      second = folderOnSecondDrive();

      await page.getByRole('heading', { name: 'What is this server called?' }).waitFor();
      await admin.key('Tab');
      await page.keyboard.type('Spice Mill');
      await admin.key('Enter');
      await page.getByRole('heading', { name: 'Where do the second copies go?' }).waitFor();
      await admin.key('Tab');
      await page.keyboard.type(second);
      await page.getByText('Good: a drive of its own').waitFor();
      await admin.key('Enter');
      await page.getByRole('heading', { name: 'Add the first device' }).waitFor();
      await admin.key('Tab');
      await admin.key('Enter');
      await pairByCommand(server, await page.getByTestId('join-code').innerText(), 'Goods-in');
      await page.getByText('“Goods-in” is paired').waitFor();
      // Past “Add another device” and “Back”.
      await admin.key('Tab', 3);
      await admin.key('Enter');
      await page.getByRole('heading', { name: 'What happens when you close this window' }).waitFor();
      await admin.key('Tab', 2);
      await admin.key('Enter');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor({ timeout: TIMEOUT_MS });
      expect(admin.inputs).toBeLessThanOrEqual(KEYS_MAX);
      expect((await settingsOf(dashboard)).get('backup.secondFolder')?.value).toBe(second);
    },
    TIMEOUT_MS,
  );

  test(
    'says at its field what is wrong, warns of the same disk, and goes on where it was left',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page, server } = dashboard;
      const admin = new Admin(dashboard);

      const name = page.getByLabel('Server name');
      await name.waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await admin.press('Continue');
      await page.getByText('Type a name, or skip this step.').waitFor();
      expect(await whatIsWrongWithTheFocus(page)).toBe('Type a name, or skip this step.');
      await admin.write('Server name', 'x'.repeat(61));
      await page.getByText('At most 60 characters.').waitFor();
      await admin.write('Server name', 'Spice Mill');
      await admin.press('Continue');

      await page.getByRole('heading', { name: 'Where do the second copies go?' }).waitFor();
      await admin.press('Continue');
      await page.getByText('Name a folder, or skip this step.').waitFor();
      expect(await whatIsWrongWithTheFocus(page)).toBe('Name a folder, or skip this step.');
      await admin.write('Folder on a second drive', join(server.folder, 'nowhere'));
      await page.getByRole('alert').waitFor();
      const sameDisk = join(server.folder, 'second');
      mkdirSync(sameDisk);
      await admin.write('Folder on a second drive', sameDisk);
      await page.getByText('This folder is on the same disk as the data.').waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await admin.press('Use it all the same');

      await page.getByRole('heading', { name: 'Add the first device' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Add the first device' }).waitFor();
      expect(await page.context().cookies()).toEqual([]);
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      await admin.press('Skip this step');

      // The drive is pulled out, and put in again.
      await page.getByRole('heading', { name: 'What happens when you close this window' }).waitFor();
      expect(await dashboard.accessibilityFindings()).toEqual([]);
      renameSync(sameDisk, `${sameDisk}-unplugged`);
      await admin.press('Restart and go to the dashboard');
      await page.getByText('cannot be used any more').waitFor();
      await page.getByRole('heading', { name: 'Where do the second copies go?' }).waitFor();
      const before = await settingsOf(dashboard);
      for (const setting of ['server.name', 'backup.secondFolder'])
        expect(before.get(setting)?.stored).toBeNull();
      renameSync(`${sameDisk}-unplugged`, sameDisk);
      await admin.write('Folder on a second drive', `${sameDisk}/`);
      await admin.press('Use it all the same');
      await admin.press('Skip this step');
      await admin.press('Restart and go to the dashboard');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor({ timeout: TIMEOUT_MS });
      expect((await settingsOf(dashboard)).get('server.name')?.value).toBe('Spice Mill');
    },
    TIMEOUT_MS,
  );

  test(
    'keeps what is typed as it is typed, and the browser’s own buttons lead a step back and forth',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page } = dashboard;
      const admin = new Admin(dashboard);
      const name = page.getByLabel('Server name');
      const folder = page.getByLabel('Folder on a second drive');

      await admin.write('Server name', 'Spice Mill');
      await page.reload();
      await name.waitFor();
      expect(await name.inputValue()).toBe('Spice Mill');
      await admin.press('Continue');
      await admin.write('Folder on a second drive', '/nowhere');
      await admin.press('Back');
      await name.waitFor();
      expect(await name.inputValue()).toBe('Spice Mill');
      await page.goForward();
      await folder.waitFor();
      expect(await folder.inputValue()).toBe('/nowhere');

      await page.goBack();
      await name.waitFor();
      await admin.write('Server name', 'x'.repeat(61));
      await page.goForward();
      await folder.waitFor();
      await page.reload();
      await folder.waitFor();
      await admin.press('Skip this step');
      await admin.press('Skip this step');
      // What nobody said “Continue” to is shown again, not written and not forgotten.
      await admin.press('Restart and go to the dashboard');
      await name.waitFor();
      expect(await name.inputValue()).toBe('x'.repeat(61));
      expect((await settingsOf(dashboard)).get('server.name')?.stored).toBeNull();
      await admin.write('Server name', 'Spice Mill');
      await admin.press('Continue');
      await folder.waitFor();
      expect(await folder.inputValue()).toBe('');
      expect(dashboard.complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'skipped in one tab, leaves the name that another one has saved',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page, server } = dashboard;
      await page.getByRole('heading', { name: 'What is this server called?' }).waitFor();
      const changes = [{ name: 'server.name', value: 'Spice Mill' }];
      await server.ask((control) => control.call('settings.set', { changes }));
      await page.getByRole('button', { name: 'Skip the setup' }).click();
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      expect((await settingsOf(dashboard)).get('server.name')?.stored).toBe('Spice Mill');
    },
    TIMEOUT_MS,
  );

  test(
    'takes nobody else for the new device',
    async () => {
      dashboard = await DashboardUnderTest.open({ path: '/devices' });
      const { page, server } = dashboard;
      const admin = new Admin(dashboard);
      await page.getByText(/^This PC’s dashboard/).waitFor();
      await page.getByText('No device is paired yet').waitFor();
      await page.getByRole('button', { name: 'Add a device' }).first().click();
      await admin.press('Make a join code');
      const code = await page.getByTestId('join-code').innerText();
      const others = await server.pair('office');
      // An answer that the page gave up meanwhile has no text any more.
      const told = page.waitForResponse(async (answer) =>
        (await answer.text().catch(() => '')).includes('Bystander'),
      );
      await pairByCommand(server, others, 'Bystander');
      await told;
      expect(await page.getByTestId('join-code').innerText()).toBe(code);
      await pairByCommand(server, code, 'Shelf');
      await page.getByText('“Shelf” is paired').waitFor();
    },
    TIMEOUT_MS,
  );

  test(
    'asks for devices as long as the code holds, and not a moment longer',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page } = dashboard;
      await page.clock.install();
      await page.reload();
      const admin = new Admin(dashboard);
      let asked = 0;
      page.on('request', (request) => {
        if (request.postData()?.includes('devices.list') === true) asked++;
      });
      await admin.press('Skip this step');
      await admin.press('Skip this step');
      await admin.press('Make a join code');
      await page.getByTestId('join-code').waitFor();
      await until('the page to ask for the devices', async () => {
        await page.clock.runFor(1_000);
        return asked > 2 || undefined;
      });
      await page.clock.fastForward('06:00');
      await page.getByText('This code is no longer valid.').waitFor();
      await page.clock.runFor(10_000);
      asked = 0;
      await page.clock.runFor(120_000);
      expect(asked).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'can be skipped, and is not offered again',
    async () => {
      dashboard = await DashboardUnderTest.open({ isFirstRun: true });
      const { page } = dashboard;
      await page.getByRole('button', { name: 'Skip the setup' }).click();
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      await dashboard.goTo('/stock');
      await page.getByRole('heading', { name: 'Stock', level: 1 }).waitFor();
      await dashboard.goTo('/');
      await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
      const settings = await settingsOf(dashboard);
      expect(settings.get('server.name')?.stored).not.toBeNull();
      expect(settings.get('backup.secondFolder')?.stored).toBeNull();
    },
    TIMEOUT_MS,
  );
});

/** What a screen reader says of the field in focus: why it is refused. */
async function whatIsWrongWithTheFocus(page: DashboardUnderTest['page']): Promise<unknown> {
  return page.evaluate(`(() => {
    const field = document.activeElement;
    if (field.getAttribute('aria-invalid') !== 'true') return 'nothing: ' + field.outerHTML;
    const [error] = (field.getAttribute('aria-describedby') ?? '').split(' ');
    return document.getElementById(error)?.textContent ?? 'no error';
  })()`);
}
