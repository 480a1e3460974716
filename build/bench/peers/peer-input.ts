// How a peer's program is told what to serve, and tells that it serves.

export interface PeerInput {
  readonly databasePath: string;
  readonly keyPath: string;
  readonly certificatePath: string;
}

/** One JSON line on stdout: the parent waits for it. */
export function peerListens(port: number): void {
  process.stdout.write(`${JSON.stringify({ port })}\n`);
}
