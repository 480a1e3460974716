// Pure rule: when the desk takes the server for stopped on purpose. Silence is no end: a supervisor that hangs is silent, too, and
// whoever closed the window then would believe that the server is gone while its core serves on.

export interface EndSigns {
  /** The supervisor does not answer. */
  readonly isSilent: boolean;
  /** run/wanted.json says that nobody is to start the server by itself. */
  readonly isStopWanted: boolean;
  /** An ordered stop that this desk asked for was answered, which comes when the core has ended. */
  readonly isStopAnswered: boolean;
  /** Nobody listens on the supervisor's socket; one that hangs does. */
  readonly isNobodyListening: boolean;
  /** A process that run/supervisor.json or run/core.json names still runs. */
  readonly isProcessAlive: boolean;
}

/** Whether the server has ended, by proof. */
export function hasServerEnded(signs: EndSigns): boolean {
  if (!signs.isSilent || !signs.isStopWanted) return false;
  return signs.isStopAnswered || (signs.isNobodyListening && !signs.isProcessAlive);
}
