// Asks whoever answers for a data directory: the supervisor, or the core where it is alone.

import type {
  ControlConnection,
  CoreControl,
  MethodName,
  ParamsOf,
  ResultOf,
  ServerStatus,
  SupervisorControl,
  WorkProgress,
} from '@masala/protocol/control';
import { MasalaError } from '@masala/protocol/tables';
import { describeCondition } from './describe-condition.ts';
import { type Reached, reach } from './reach.ts';
import { statusOf } from './status.ts';

/** What both contracts declare alike. */
type SharedMethod = Exclude<MethodName<CoreControl> & MethodName<SupervisorControl>, 'status' | 'stop'>;

export interface Server {
  /** Whether a supervisor is there, which starts the core again. */
  readonly supervised: boolean;
  call<M extends SharedMethod>(
    method: M,
    params: ParamsOf<CoreControl, M>,
    timeoutMs?: number,
  ): Promise<ResultOf<CoreControl, M>>;
  status(): Promise<ServerStatus>;
  onProgress(listener: (progress: WorkProgress) => void): void;
}

/** Rejects with CONTROL_UNREACHABLE where no server runs, SERVER_STARTING where one does not answer yet, DEADLINE_EXCEEDED where the core is silent. */
export async function withServer(dataDir: string, ask: (server: Server) => Promise<number>): Promise<number> {
  const reached = await reach(dataDir);
  if (reached.by === 'nobody') {
    throw new MasalaError(reached.processes.length > 0 ? 'SERVER_STARTING' : 'CONTROL_UNREACHABLE');
  }
  try {
    if (reached.by === 'core')
      console.error('masala-server: the server runs unsupervised; the core was asked.');
    const silence = await silenceOf(reached, dataDir);
    if (silence !== null) throw silence; // it would only be waited for
    return await ask(serverOf(reached, dataDir));
  } catch (error) {
    throw await explained(error, reached, dataDir);
  } finally {
    reached.connection.close();
  }
}

/** Why no answer can be expected, where the supervisor suspects the core; null elsewhere. */
async function silenceOf(reached: Reached, dataDir: string): Promise<MasalaError | null> {
  if (reached.by !== 'supervisor') return null;
  const status = await statusOf(reached, dataDir);
  if (status.core.suspectSince === null) return null;
  return new MasalaError('DEADLINE_EXCEEDED', { reason: describeCondition(status).join('\n') });
}

/** A late answer's error, with the reason where the supervisor has come to know one meanwhile. */
async function explained(error: unknown, reached: Reached, dataDir: string): Promise<unknown> {
  if (!(error instanceof MasalaError && error.code === 'DEADLINE_EXCEEDED')) return error;
  return (await silenceOf(reached, dataDir).catch(() => null)) ?? error;
}

function serverOf(reached: Exclude<Reached, { by: 'nobody' }>, dataDir: string): Server {
  const connection = reached.connection as Pick<ControlConnection<CoreControl>, 'call' | 'onEvent'>;
  return {
    supervised: reached.by === 'supervisor',
    call: (method, params, timeoutMs) => connection.call(method, params, timeoutMs),
    status: () => statusOf(reached, dataDir),
    onProgress: (listener) => void connection.onEvent('work.progress', listener),
  };
}
