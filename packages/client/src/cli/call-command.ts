// `masala call METHOD [JSON]`: any method of the contract, for scripts and for people who look around.

import { text } from 'node:stream/consumers';
import { definitionOf, isMethodName, MasalaError, methods, nearestName } from '@masala/protocol';
import { type CallName, type CallParams, isCallName, type Late } from '../calls.ts';
import { newCommandId } from '../command-id.ts';
import type { Globals, Outcome } from './globals.ts';
import { describeResult, printJson, printText, remark } from './output.ts';
import { UsageError } from './usage-error.ts';
import { withClient } from './with-client.ts';

export async function callCommand(
  method: string,
  json: string,
  options: { readonly commandId?: string },
  globals: Globals,
): Outcome {
  const name = readName(method);
  const isWrite = definitionOf(name).access === 'write';
  if (!isWrite && options.commandId !== undefined) {
    throw new UsageError(`--command-id is for writes; ${name} changes nothing`);
  }
  const params = readParams(json === '-' ? await text(process.stdin) : json);
  const commandId = isWrite ? (options.commandId ?? params['commandId'] ?? newCommandId()) : undefined;
  const complete = commandId === undefined ? params : { ...params, commandId };
  const result = await answer(name, complete, globals);
  if (globals.json) printJson(result);
  else printText(describeResult(result));
  return 0;
}

/** `masala whoami`. */
export async function whoamiCommand(globals: Globals): Outcome {
  const result = await withClient(globals, (client, signal) =>
    client.call('session.whoami', {}, { signal, ...deadline(globals) }),
  );
  if (globals.json) printJson(result);
  else
    printText(
      `This device is "${result.deviceName}" with the role ${result.role}, on server ${result.serverId}.`,
    );
  return 0;
}

async function answer(name: CallName, params: Record<string, unknown>, globals: Globals): Promise<unknown> {
  const { commandId } = params;
  if (commandId === undefined) {
    return withClient(globals, (client, signal) =>
      client.call(name, params as CallParams<CallName>, { signal, ...deadline(globals) }),
    );
  }
  const { timeout } = globals;
  let late: AbortSignal | undefined;
  try {
    return await withClient(globals, (client, interrupt) => {
      late = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
      const signal = late === undefined ? interrupt : AbortSignal.any([interrupt, late]);
      // The contract's check in `call` is the judge of what a person typed; the types cannot be.
      return client.call(name, params as CallParams<CallName>, { signal, onLate: sayLate });
    });
  } catch (error) {
    if (!(error instanceof MasalaError) || error.code !== 'CANCELLED') throw error;
    remark('nobody knows whether this was booked.');
    remark(`Run the same call again with --command-id ${commandId}: it is booked once at most, and`);
    remark('the answer says what became of it.');
    if (late?.aborted !== true) throw error;
    throw new MasalaError(
      'DEADLINE_EXCEEDED',
      { method: name, deadlineMs: timeout, commandId },
      { cause: error },
    );
  }
}

function deadline({ timeout }: Globals): { deadlineMs?: number } {
  return timeout === undefined ? {} : { deadlineMs: timeout };
}

function sayLate({ commandId, waitedMs, reason }: Late): void {
  remark(
    `no answer for ${waitedMs / 1000} s${reason === undefined ? '' : `: ${reason.message} ${reason.hint}`}`,
  );
  remark(`Still trying; it is booked once at most. Its command id is ${commandId}. Ctrl-C ends the waiting.`);
}

function readName(method: string): CallName {
  if (isMethodName(method) && isCallName(method)) return method;
  if (isMethodName(method)) {
    throw new UsageError(
      `${method} is a part of connecting; the program does it by itself, nobody calls it by hand`,
    );
  }
  const names = Object.keys(methods).filter((name) => isMethodName(name) && isCallName(name));
  const nearest = nearestName(method, names);
  throw new MasalaError('METHOD_UNKNOWN', { method, ...(nearest === undefined ? {} : { nearest }) });
}

function readParams(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(`the params are not JSON: ${error instanceof Error ? error.message : error}`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('the params must be one JSON object, such as \'{"sku":"A-1"}\'');
  }
  return value as Record<string, unknown>;
}
