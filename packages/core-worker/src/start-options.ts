// The command line of the core: what the supervisor passes on from its own.

import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly dataDir: string;
  /** Settings as NAME=VALUE, in rising order of right. */
  readonly flags: readonly string[];
  readonly safeMode: boolean;
}

/** Reads `--data-dir DIR [--host ADDR] [--port N] [--discovery-port N] [--set NAME=VALUE …] [--safe-mode]`; throws what is wrong. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'data-dir': { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      'discovery-port': { type: 'string' },
      set: { type: 'string', multiple: true },
      'safe-mode': { type: 'boolean' },
    },
  });
  const dataDir = values['data-dir'];
  if (dataDir === undefined || dataDir === '') throw new Error('--data-dir is missing');
  const flags: string[] = [...(values.set ?? [])];
  if (values.host !== undefined) flags.push(`server.host=${values.host}`);
  if (values.port !== undefined) flags.push(`server.port=${values.port}`);
  if (values['discovery-port'] !== undefined) flags.push(`discovery.port=${values['discovery-port']}`);
  return { dataDir, flags, safeMode: values['safe-mode'] ?? false };
}
