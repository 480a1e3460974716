// The dashboard in Electron's own window, by Playwright's driver (`npm run test:electron`): only where Electron's program was
// downloaded and a screen is there. Everything that needs neither is tested beside packages/ui/src/electron.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { describeIf, electron, electronPath, screen } from '../testing/requires.ts';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { ensurePageBuilt } from './ensure-page-built.ts';

/** For what a window does after a click, on a busy machine. */
const PATIENCE_MS = 30_000;

describeIf([electron, screen], 'the dashboard in Electron', () => {
  let server: ServerProcess;
  let app: ElectronApplication;
  let page: Page;
  let args: string[];

  beforeAll(async () => {
    const main = join(await ensurePageBuilt(), 'electron/main.mjs');
    server = new ServerProcess({ tree: ownTree, set: [] });
    const { dataDir } = await server.startAndServe();
    args = [main, `--masala-data-dir=${dataDir}`];
    app = await _electron.launch({ executablePath: electronPath() ?? '', args });
    page = await app.firstWindow();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.getByRole('main').waitFor();
  });

  afterAll(async () => {
    await app?.close();
    await server?.destroy({ keep: false });
  });

  const isVisible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()));
  const becomes = async (wanted: boolean) => {
    const endAt = performance.now() + PATIENCE_MS;
    while ((await isVisible()) !== wanted) {
      if (performance.now() > endAt)
        throw new Error(`the window did not become ${wanted ? 'visible' : 'hidden'}`);
    }
  };

  test('the window shows the page of our own scheme, and the door works', async () => {
    expect(page.url()).toMatch(/^app:\/\/masala\//);
    const status = await page.evaluate(`window.masala.control('status', {})`);
    expect(status).toMatchObject({ state: 'running' });
    expect(await page.evaluate(`window.masala.facts.kind`)).toBe('electron');
  });

  test('a refused request rejects with its row of the error table', async () => {
    const ask = `window.masala.client('items.get', {}).then(() => null, (error) => error)`;
    expect(await page.evaluate(ask)).toMatchObject({ code: 'PARAMS_INVALID', hint: expect.any(String) });
  });

  test('the page has nothing of Node and nothing of Electron', async () => {
    const found = `[typeof require, typeof process, typeof Buffer, typeof module, typeof electron]`;
    expect(await page.evaluate(found)).toEqual(Array(5).fill('undefined'));
  });

  test('X hides the window, and a second start brings it back', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await becomes(false);
    const second = spawn(electronPath() ?? '', [...args, '--masala-path=/backups'], { stdio: 'ignore' });
    expect((await once(second, 'exit'))[0]).toBe(0);
    await becomes(true);
    await page.waitForURL(/#\/backups$/);
  });

  test('the page goes nowhere else and opens nothing', async () => {
    const before = page.url();
    await page.evaluate(`location.href = 'https://example.org/'`);
    expect(await page.evaluate(`window.open('https://example.org/')`)).toBeNull();
    expect(await page.evaluate(`fetch('http://127.0.0.1:1/').then(() => 'answered', () => 'refused')`)).toBe(
      'refused',
    );
    expect(page.url()).toBe(before);
    expect(app.windows()).toHaveLength(1);
  });

  test('every permission is refused', async () => {
    expect(await page.evaluate(`Notification.requestPermission()`)).toBe('denied');
    const asked = `navigator.clipboard.readText().then(() => 'read', () => 'refused')`;
    expect(await page.evaluate(asked)).toBe('refused');
  });
});
