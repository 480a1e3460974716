// What every campaign's command line and run have in common: numbers read strictly, and an end that ^C reaches as well.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './campaign.ts';

/** `parseArgs` without positionals; what it does not know is a UsageError. */
export function parseOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number of at most nine digits, or the fallback where none is given. Throws UsageError. */
export function wholeNumber(
  name: string,
  given: string | undefined,
  fallback: number,
  least: number,
): number {
  if (given === undefined) return fallback;
  const number = Number(given);
  if (!/^\d{1,9}$/.test(given) || number < least) {
    throw new UsageError(`${name} takes a whole number from ${least} on, not "${given}"`);
  }
  return number;
}

/** One of the names in a list, or undefined where none is given. Throws UsageError. */
export function oneOf<Name extends string>(
  option: string,
  given: string | undefined,
  names: readonly Name[],
): Name | undefined {
  const found = names.find((name) => name === given);
  if (given !== undefined && found === undefined) {
    throw new UsageError(`${option} takes one of ${names.join(', ')}, not "${given}"`);
  }
  return found;
}

/** The seed of a run for which none was given: six digits are easily typed again. */
export function anySeed(): number {
  return Math.floor(Math.random() * 1_000_000);
}

/** Runs something that a signal to this process ends with an error, so that its caller can clean up. */
export async function interruptible<Result>(run: () => Promise<Result>): Promise<Result> {
  const interrupted = Promise.withResolvers<never>();
  const onSignal = (signal: NodeJS.Signals) => interrupted.reject(new Error(`ended by ${signal}`));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  try {
    return await Promise.race([run(), interrupted.promise]);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
