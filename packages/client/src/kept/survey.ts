// What the server's present history lacks of this PC's commands.

import { isMethodName, limits, MasalaError, type Result } from '@masala/protocol';
import type { CallName, NamedCall } from '../calls.ts';
import type { KeptCommand } from './kept-commands.ts';

/** The ids of those that are gone. `salvaged`: a record may have been saved without the command that made it. */
export async function survey(
  call: NamedCall,
  commands: readonly KeptCommand[],
  salvaged: boolean,
): Promise<ReadonlySet<string>> {
  const missing = new Set<string>();
  const batch = limits.commandsAskedMax;
  for (let from = 0; from < commands.length; from += batch) {
    const commandIds = commands.slice(from, from + batch).map(({ commandId }) => commandId);
    const answer = (await call('commands.missing', { commandIds })) as Result<'commands.missing'>;
    for (const commandId of answer.missing) missing.add(commandId);
  }
  if (!salvaged) return missing;
  for (const command of commands) {
    if (missing.has(command.commandId) && (await hasEffect(call, command))) missing.delete(command.commandId);
  }
  return missing;
}

/** Whether the record that a command answered with is there, as new as the command left it. */
async function hasEffect(call: NamedCall, { method, result }: KeptCommand): Promise<boolean> {
  const getter = `${method.split('.')[0]}.get`;
  const { id, version } = result as { readonly id?: unknown; readonly version?: unknown };
  if (!isMethodName(getter) || typeof id !== 'string' || typeof version !== 'number') return false;
  try {
    const present = await call(getter as CallName, { id });
    return (present as { readonly version: number }).version >= version;
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}
