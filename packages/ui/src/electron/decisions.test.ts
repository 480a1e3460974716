// Every decision of Electron's main process, without Electron: what is refused is refused however it is written.
import fc from 'fast-check';
import {
  addressOf,
  isOwnAddress,
  isSenderTrusted,
  onLook,
  onNavigation,
  onPageGone,
  onPermission,
  onRequest,
  onSecondInstance,
  onWindowClose,
  onWindowOpen,
  PAGE_URL,
  readCommandLine,
} from './decisions.ts';

const foreignAddresses = [
  '',
  'about:blank',
  'https://masala/',
  'https://example.org/',
  'http://127.0.0.1:4000/',
  'file:///etc/passwd',
  'data:text/html,<p>',
  'blob:app://masala/1',
  'javascript:alert(1)',
  'filesystem:app://masala/x',
  'view-source:app://masala/',
  'devtools://devtools/',
  'chrome://gpu',
  'app:masala',
  'app:/masala',
  'app://',
  'app://evil/',
  'app://masala.evil/',
  'app://evil.masala/',
  'app://masala:80/',
  'app://user@masala/',
  'app://:password@masala/',
  'app://masala@evil/',
  'app://evil/#app://masala/',
  'apps://masala/',
  '//masala/',
  'masala',
];

describe('an address', () => {
  test.each(foreignAddresses)('%s is not ours', (address) => {
    expect(isOwnAddress(address)).toBe(false);
    expect(onNavigation({ address, isTopFrame: true })).toBe('deny');
    expect(onRequest(address)).toBe('deny');
    expect(isSenderTrusted({ address, isTopFrame: true, isOwnWindow: true })).toBe(false);
  });

  test.each(['app://masala/', 'app://masala/#/exit', 'app://masala/assets/index-1.js', 'APP://masala/?x'])(
    '%s is ours',
    (address) => {
      expect(isOwnAddress(address)).toBe(true);
      expect(onRequest(address)).toBe('allow');
    },
  );

  test('is ours by its scheme and host alone, whatever the words around them', () => {
    const word = fc.stringMatching(/^[a-z0-9.@:%#?/\\-]{0,12}$/);
    fc.assert(
      fc.property(word, word, word, (scheme, host, rest) => {
        const address = `${scheme}://${host}/${rest}`;
        if (isOwnAddress(address)) expect([scheme, host.split(/[/?#\\]/)[0]]).toEqual(['app', 'masala']);
      }),
    );
  });
});

describe('the route that a command line names', () => {
  test.each(['/', '/exit', '/stock', '/items/by-name', '/items/'])('%s is gone to', (path) => {
    expect(addressOf(path)).toBe(`${PAGE_URL}#${path}`);
  });

  test.each([
    undefined,
    '',
    'exit',
    '//evil',
    '/../x',
    '/%2e',
    '/a b',
    '/<p>',
    '/?x',
    '/#x',
    `/${'a'.repeat(300)}`,
  ])('%s is none: the first page', (path) => expect(addressOf(path)).toBe(PAGE_URL));

  test('never leads away from the page', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: 'binary' })), (path) => {
        const url = new URL(addressOf(path));
        expect([url.protocol, url.host, url.pathname, url.search]).toEqual(['app:', 'masala', '/', '']);
      }),
    );
  });
});

describe('the command line', () => {
  test('is read among the switches of Electron and Chromium', () => {
    const argv = [
      '/usr/bin/electron',
      '--no-sandbox',
      'main.mjs',
      '--masala-data-dir=/data',
      '--masala-path=/exit',
    ];
    expect(readCommandLine(argv)).toEqual({ dataDir: '/data', path: '/exit' });
    expect(readCommandLine(['electron', '--masala-data-dir=/data'])).toEqual({
      dataDir: '/data',
      path: undefined,
    });
  });

  test.each([
    [['electron', 'main.mjs']],
    [['electron', '--masala-data-dir=']],
    [['electron', '--user-data-dir=/data']],
  ])('%j names no data directory', (argv) => expect(readCommandLine(argv)).toBeNull());
});

test('a second start sends the window where it was asked to go, and nowhere by whatever else it brings', () => {
  expect(onSecondInstance({ path: '/exit' })).toBe(`${PAGE_URL}#/exit`);
  expect(onSecondInstance({ path: 'https://evil' })).toBe(PAGE_URL);
  fc.assert(
    fc.property(fc.anything(), (wishes) => {
      const address = onSecondInstance(wishes);
      if (address !== null) expect(isOwnAddress(address)).toBe(true);
    }),
  );
  // The first page is no wish: somebody may be at work on another.
  for (const wishes of [undefined, null, {}, { path: undefined }, { path: 7 }, { path: '/' }]) {
    expect(onSecondInstance(wishes)).toBeNull();
  }
});

test('X hides the window while the server runs, and closes it when the process ends or nothing runs behind it', () => {
  expect(onWindowClose({ isEnding: false, isServerStopped: false })).toBe('hide');
  expect(onWindowClose({ isEnding: true, isServerStopped: false })).toBe('close');
  expect(onWindowClose({ isEnding: false, isServerStopped: true })).toBe('close');
  expect(onWindowClose({ isEnding: true, isServerStopped: true })).toBe('close');
});

test('a stopped server ends the process: at once where nobody looks, else when it could be read', () => {
  const visible = { isFound: true, isServerStopped: true, isWindowVisible: true };
  expect(onLook({ isFound: true, isServerStopped: false, isWindowVisible: false, stoppedForMs: 0 })).toBe(
    'stay',
  );
  expect(onLook({ isFound: true, isServerStopped: false, isWindowVisible: true, stoppedForMs: 99_999 })).toBe(
    'stay',
  );
  expect(onLook({ isFound: true, isServerStopped: true, isWindowVisible: false, stoppedForMs: 0 })).toBe(
    'end',
  );
  expect(onLook({ ...visible, stoppedForMs: 4_999 })).toBe('stay');
  expect(onLook({ ...visible, stoppedForMs: 5_000 })).toBe('end');
});

test('a host that nobody finds any more ends', () => {
  const unfound = { isFound: false, isServerStopped: false, isWindowVisible: true, stoppedForMs: 0 };
  expect(onLook(unfound)).toBe('end');
});

test('a frame inside of the page goes nowhere, not even to the page', () => {
  expect(onNavigation({ address: PAGE_URL, isTopFrame: true })).toBe('allow');
  expect(onNavigation({ address: PAGE_URL, isTopFrame: false })).toBe('deny');
});

test.each([...foreignAddresses, PAGE_URL])('%s opens no window and no other program', (address) => {
  expect(onWindowOpen(address)).toEqual({ action: 'deny' });
});

test('every permission is refused but to copy a text', () => {
  expect(onPermission('clipboard-sanitized-write')).toBe(true);
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'usb',
    'new',
  ]) {
    expect(onPermission(permission)).toBe(false);
  }
});

test('a message is answered only to our page, in the top frame of our window', () => {
  const sender = { address: `${PAGE_URL}#/stock`, isTopFrame: true, isOwnWindow: true };
  expect(isSenderTrusted(sender)).toBe(true);
  expect(isSenderTrusted({ ...sender, isTopFrame: false })).toBe(false);
  expect(isSenderTrusted({ ...sender, isOwnWindow: false })).toBe(false);
  expect(isSenderTrusted(null)).toBe(false);
});

describe('a page whose process died', () => {
  const now = 1_000_000;

  test('is loaded again', () => {
    expect(onPageGone({ reason: 'crashed', diedAt: [now], now })).toBe('reload');
    expect(onPageGone({ reason: 'oom', diedAt: [now - 10, now], now })).toBe('reload');
  });

  test('is given up at the third death within a minute, and not at one long ago', () => {
    expect(onPageGone({ reason: 'crashed', diedAt: [now - 59_999, now - 10, now], now })).toBe('end');
    expect(onPageGone({ reason: 'crashed', diedAt: [now - 60_000, now - 10, now], now })).toBe('reload');
  });

  test('ends with it where it ended cleanly', () => {
    expect(onPageGone({ reason: 'clean-exit', diedAt: [now], now })).toBe('end');
  });
});
