// The desk of a supervisor, asked for its dashboard by an impatient person, with a host and a browser of the test's own.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type ControlServer,
  controlToken,
  dashboardControl,
  endpointToServe,
  serveControl,
} from '@masala/protocol/control';
import { describeIf, linux } from '../../../build/testing/requires.ts';
import { AdminsDesk } from './admins-desk.ts';
import { runningStatus } from './fixtures/statuses.ts';
import type { Supervisor } from './supervisor.ts';

describeIf(linux, 'on a desktop', () => {
  let folder: string;
  let host: ControlServer;
  let asked = 0;
  let notified: string[];
  let answer = Promise.withResolvers<void>();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'masala-desk-'));
    asked = 0;
    notified = [];
    answer = Promise.withResolvers();
    host = await serveControl({
      endpoint: endpointToServe(folder, dashboardControl),
      token: controlToken(folder),
      log: () => undefined,
      handlers: {
        open: async () => {
          asked += 1;
          await answer.promise;
          return { pid: 42, page: join(folder, 'page.html') };
        },
        notify: (notification) => {
          notified.push(notification.body);
          return {};
        },
        close: () => ({}),
      },
    });
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" >> '${folder}/opened'\n`);
    chmodSync(join(folder, 'xdg-open'), 0o755);
  });

  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const opened = () => {
    const path = join(folder, 'opened');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
  };

  test('whoever asks again before the page is there gets one page; whoever asks later gets another', async () => {
    const flags = { host: null, port: null, discoveryPort: null, set: [], tray: false };
    const environment = { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' };
    const desk = new AdminsDesk({ dataDir: folder, flags, environment, trayProgram: '' });
    for (let click = 0; click < 5; click++) desk.show();
    while (asked === 0) await pause(5);
    desk.show();
    answer.resolve();
    while (opened() === 0) await pause(5);
    // The last one may still be on its way back from the browser's start.
    while (asked === 1) {
      desk.show();
      await pause(5);
    }
    while (opened() === 1) await pause(5);
    expect([asked, opened()]).toEqual([2, 2]);
    await desk.close();
  });

  test('what is to be told is told by the window of the dashboard, once in a session', async () => {
    const flags = { host: null, port: null, discoveryPort: null, set: [] };
    const environment = { PATH: folder, DISPLAY: ':0' };
    const trayProgram = join(import.meta.dirname, 'fixtures/tray-host-of-silence.ts');
    const logged: string[] = [];
    const desk = new AdminsDesk({ dataDir: folder, flags, environment, trayProgram });
    desk.attend({
      log: (event: string) => void logged.push(event),
      status: () => runningStatus,
      onChange: () => () => undefined,
      core: { lifecycle: { phase: 'running' } },
    } as unknown as Supervisor);
    for (let time = 0; time < 3; time++) desk.windowHidden();
    while (notified.length === 0) await pause(5);
    await desk.close();
    expect(notified).toEqual(['Server is running in background']);
    expect(logged).not.toContain('notification.failed');
  });
});
