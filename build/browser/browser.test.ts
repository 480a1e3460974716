// The browser of the page's tests starts, shows a page and runs its script, whatever this machine has installed.
import { describeIf } from '../testing/requires.ts';
import { launchBrowser, realBrowser } from './browser.ts';

describeIf(realBrowser, 'the browser of the tests', () => {
  test('shows a page and runs its script', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent('<button onclick="this.textContent = \'pressed\'">press</button>');
      await page.getByRole('button', { name: 'press' }).click();
      await page.getByRole('button', { name: 'pressed' }).waitFor();
    } finally {
      await browser.close();
    }
  });
});
