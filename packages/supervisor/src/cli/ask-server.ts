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

/** Rejects with CONTROL_UNREACHABLE where no server runs, SERVER_STARTING where one does not answer yet. */
export async function withServer(dataDir: string, ask: (server: Server) => Promise<number>): Promise<number> {
  const reached = await reach(dataDir);
  if (reached.by === 'nobody') {
    throw new MasalaError(reached.processes.length > 0 ? 'SERVER_STARTING' : 'CONTROL_UNREACHABLE');
  }
  try {
    if (reached.by === 'core')
      console.error('masala-server: the server runs unsupervised; the core was asked.');
    return await ask(serverOf(reached, dataDir));
  } finally {
    reached.connection.close();
  }
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
