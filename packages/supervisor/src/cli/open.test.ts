// The page that `masala-server open` asks the dashboard's host for, as a person writes it.

import {
  type ControlServer,
  controlToken,
  dashboardControl,
  endpointToServe,
  serveControl,
} from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { describeIf, linux } from '../../../../build/testing/requires.ts';
import { dataDir, masalaServer, startServer } from '../fixtures/server-under-test.ts';

describeIf(linux, 'with a host that knows the page /backups', () => {
  let host: ControlServer;
  beforeEach(async () => {
    await startServer();
    host = await serveControl({
      endpoint: endpointToServe(dataDir, dashboardControl),
      token: controlToken(dataDir),
      log: () => undefined,
      handlers: {
        open: ({ path }) => {
          if (path === '/backups') return { pid: 42, page: null };
          throw new MasalaError('PARAMS_INVALID', { problems: ['params.path is no route of the dashboard'] });
        },
        notify: () => ({}),
        close: () => ({}),
      },
    });
  });
  afterEach(async () => {
    await masalaServer('stop');
    await host.close();
  });

  test('a page is understood without its slash; what is none is a wrong command line, told in words', async () => {
    for (const path of ['/backups', 'backups']) {
      expect(await masalaServer('open', '--path', path)).toMatchObject({ code: 0 });
    }
    const { code, out, err } = await masalaServer('open', '--path', '//elsewhere');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('such as /backups');
    expect(err).toContain('"//elsewhere"');
    expect(err).not.toContain('data.problems');
  });
});
