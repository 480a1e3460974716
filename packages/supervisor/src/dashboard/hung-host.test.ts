import { onHungHost } from './hung-host.ts';
import { msOfFiletime } from './windows-desktop.ts';

const unknown = { processStart: null, startedAt: null, program: null };

describe('where the kernel names a process for ever', () => {
  const announced = { processStart: 'boot:7', startedAt: 1_000 };
  test('the very process is ended, and no other', () => {
    expect(onHungHost(announced, { ...unknown, processStart: 'boot:7' })).toBe('end');
    expect(onHungHost(announced, { ...unknown, processStart: 'boot:8' })).toBe('gone');
    expect(onHungHost(announced, unknown)).toBe('gone');
    expect(onHungHost(announced, null)).toBe('gone');
  });
});

describe('on Windows', () => {
  const announced = { processStart: null, startedAt: 1_000 };
  const host = { processStart: null, startedAt: 900, program: 'Electron.exe' };
  test('a program of ours that had the pid when the host announced itself is the host', () => {
    expect(onHungHost(announced, host)).toBe('end');
    expect(onHungHost(announced, { ...host, startedAt: 1_000, program: 'node.exe' })).toBe('end');
  });

  test('who got the pid later is left alone, and so is who cannot be told', () => {
    expect(onHungHost(announced, { ...host, startedAt: 1_001 })).toBe('gone');
    expect(onHungHost(announced, { ...host, program: 'winword.exe' })).toBe('leave');
    expect(onHungHost(announced, { ...host, program: null })).toBe('leave');
    expect(onHungHost(announced, unknown)).toBe('leave');
    expect(onHungHost(announced, null)).toBe('gone');
  });
});

test("Windows's time of 2001-09-09 01:46:40 UTC is the billionth second", () => {
  expect(msOfFiletime(126_444_736_000_000_000n + 1_234_567n)).toBe(1_000_000_000_123);
});
