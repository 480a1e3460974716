// The dashboard as its user has it: a real server, the real loopback host, and a signed-in page in a real browser.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { ownTree, ServerProcess } from '../torture/server-process.ts';
import { ensurePageBuilt } from '../ui/ensure-page-built.ts';
import { launchBrowser } from './browser.ts';

/** For what a page does after a click, on a machine that is busy with five other things. */
export const PAGE_PATIENCE_MS = 30_000;

/** A size that many office PCs still have. */
const VIEWPORT = { width: 1366, height: 768 };

export interface DashboardOptions {
  /** `--set` flags of the server: NAME=VALUE. */
  readonly set?: readonly string[];
  /** A server of the test's own making, not started yet; nothing is set then but by itself. */
  readonly server?: ServerProcess;
  /** A server without a name of its own: its dashboard begins with the first run. */
  readonly isFirstRun?: boolean;
  /** The route to begin with: `/backups`. */
  readonly path?: string;
  readonly context?: BrowserContextOptions;
}

/** What axe-core found: the rule, what it is about, and where. */
export interface AccessibilityFinding {
  readonly rule: string;
  readonly help: string;
  readonly places: readonly string[];
}

/** The one rule of WCAG 2.2 AA that axe-core leaves out unless it is asked for. */
const AXE_OPTIONS = JSON.stringify({ rules: { 'target-size': { enabled: true } } });

/** Colours that are on their way to others have contrasts that no reader meets. What turns for ever is not waited for. */
const SETTLE = `Promise.allSettled(
  document.getAnimations()
    .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished)
).then(() => undefined)`;

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class DashboardUnderTest {
  readonly server: ServerProcess;
  readonly #browser: Browser;
  readonly page: Page;
  readonly #complaints: string[] = [];

  private constructor(server: ServerProcess, browser: Browser, page: Page) {
    this.server = server;
    this.#browser = browser;
    this.page = page;
    this.#hear(page);
  }

  /** Starts everything. The caller closes it, whatever comes; where this throws, nothing is left. */
  static async open(options: DashboardOptions = {}): Promise<DashboardUnderTest> {
    await ensurePageBuilt();
    const name = options.isFirstRun === true ? [] : ['server.name=Mill'];
    const set = [...name, ...(options.set ?? [])];
    const server = options.server ?? new ServerProcess({ tree: ownTree, set });
    let browser: Browser | undefined;
    try {
      browser = await launchBrowser();
      await server.startAndServe();
      const context = await browser.newContext({ viewport: VIEWPORT, ...options.context });
      context.setDefaultTimeout(PAGE_PATIENCE_MS);
      const dashboard = new DashboardUnderTest(server, browser, await context.newPage());
      await dashboard.signIn(options.path);
      return dashboard;
    } catch (error) {
      await browser?.close();
      await server.destroy({ keep: false });
      throw error;
    }
  }

  /** What the page complained about so far: uncaught errors, and errors in the console. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** Opens the dashboard as `masala-server open` on a server without a screen does. */
  async signIn(path = '/'): Promise<void> {
    await this.page.goto(await this.link(path));
    await this.page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//);
    await this.page.getByRole('main').waitFor();
  }

  /** The link that signs a browser in, once. */
  async link(path = '/'): Promise<string> {
    const { exitCode, output } = await this.server.run('open', '--path', path, '--print', '--json');
    if (exitCode !== 0) throw new Error(`masala-server open ended with ${exitCode}:\n${output}`);
    return (JSON.parse(output) as { readonly link: string }).link;
  }

  /** Another route of the page, without loading it anew. */
  async goTo(path: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(path)}`);
  }

  accessibilityFindings(): Promise<readonly AccessibilityFinding[]> {
    return accessibilityFindings(this.page);
  }

  /** Ends every process, closes the browser and removes every folder. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.destroy({ keep: false });
  }

  #hear(page: Page): void {
    page.on('pageerror', (error) => this.#complaints.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(`console: ${message.text()}`);
    });
  }
}

/** What axe-core holds against a page as it is now, light and dark, by the rules of WCAG 2.2 AA and its own best practices. */
export async function accessibilityFindings(page: Page): Promise<readonly AccessibilityFinding[]> {
  const findings: AccessibilityFinding[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(SETTLE);
    // The page's policy refuses scripts from elsewhere; one that the debugger runs is none of the page's.
    await page.evaluate(axeSource);
    const { violations } = (await page.evaluate(`axe.run(document, ${AXE_OPTIONS})`)) as AxeResults;
    for (const { id, help, nodes } of violations) {
      const places = nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`);
      findings.push({ rule: `${id}, ${colorScheme}`, help, places });
    }
  }
  return findings;
}
