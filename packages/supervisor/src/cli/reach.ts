// Finds who answers for a data directory: the supervisor, or the core alone, or nobody.

import {
  type ControlConnection,
  type CoreControl,
  connectControl,
  coreControl,
  endpointToCall,
  processLives,
  type RunFile,
  readControlToken,
  readRunFile,
  type SupervisorControl,
  supervisorControl,
} from '@masala/protocol/control';
import { MasalaError, reasonOf } from '@masala/protocol/tables';

export type Reached =
  | { readonly by: 'supervisor'; readonly connection: ControlConnection<SupervisorControl> }
  /** The supervisor is gone or silent; the core answers by itself. */
  | { readonly by: 'core'; readonly connection: ControlConnection<CoreControl> }
  /** Processes are there, but none answers: they are starting, ending, or hang. */
  | { readonly by: 'nobody'; readonly processes: readonly RunFile<'core.json'>[] };

/** A process that serves proves itself in milliseconds; a longer wait would only hide that it hangs. */
const REACH_TIMEOUT_MS = 3_000;

/** Rejects with CONTROL_REFUSED where somebody listens who cannot prove the token, or who refuses ours. */
export async function reach(dataDir: string): Promise<Reached> {
  const token = tokenOf(dataDir);
  if (token !== null) {
    const supervisor = await tryConnect({ endpoint: endpointToCall(dataDir, supervisorControl), token });
    if (supervisor !== null) return { by: 'supervisor', connection: supervisor };
    const core = await tryConnect({ endpoint: endpointToCall(dataDir, coreControl), token });
    if (core !== null) return { by: 'core', connection: core };
  }
  return { by: 'nobody', processes: livingProcesses(dataDir) };
}

function tokenOf(dataDir: string): Uint8Array | null {
  try {
    return readControlToken(dataDir);
  } catch (error) {
    const reason = reasonOf(error);
    throw new MasalaError('CONTROL_REFUSED', { reason });
  }
}

async function tryConnect<C extends SupervisorControl | CoreControl>(
  options: Parameters<typeof connectControl<C>>[0],
): Promise<ControlConnection<C> | null> {
  try {
    return await connectControl({ ...options, timeoutMs: REACH_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof MasalaError && error.code === 'CONTROL_UNREACHABLE') return null;
    throw error;
  }
}

function livingProcesses(dataDir: string): RunFile<'core.json'>[] {
  const written = [readRunFile(dataDir, 'supervisor.json'), readRunFile(dataDir, 'core.json')];
  // Without the kernel's start time a pid proves nothing: it may be anybody's by now.
  return written.filter(
    (file) => file !== null && file.processStart !== null && processLives(file.pid, file.processStart),
  ) as RunFile<'core.json'>[];
}
