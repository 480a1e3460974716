// TLS to a server that is known by its certificate alone: nothing is sent before the certificate was judged.

import { createHash } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { MasalaError } from '@masala/protocol';

/** Where a server listens. */
export interface Address {
  readonly address: string;
  readonly port: number;
}

/** On a LAN, TCP and TLS take 20 ms; ten seconds bear a PC that is waking up. */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects and hands the server's id (SHA-256 of the certificate it proved to own, hex) to `judge`, which throws to
 * refuse it. Rejects with the judge's error, having sent no byte but TLS's own, or with CONNECTION_LOST.
 *
 * The names in the certificate, its dates and its signer mean nothing here: the certificate itself is the identity.
 */
export function connectTls(
  target: Address,
  judge: (serverId: string) => void,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: target.address,
      port: target.port,
      minVersion: 'TLSv1.3',
      // The judge decides instead; the default would refuse every self-signed certificate.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      // No name is sent: the server has no other face, and who listens learns nothing.
      servername: '',
    });
    const giveUp = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = () => giveUp(unreachable(target, 'no answer in time'));
    const onEnd = () => giveUp(unreachable(target, 'closed by the server'));
    const onError = (error: NodeJS.ErrnoException) =>
      giveUp(unreachable(target, error.code ?? error.message));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('close', onEnd);
    socket.once('secureConnect', () => {
      socket.off('error', onError);
      socket.off('close', onEnd);
      try {
        judge(serverIdOf(socket));
      } catch (error) {
        return giveUp(error);
      }
      signal.removeEventListener('abort', onAbort);
      socket.setNoDelay(true);
      resolve(socket);
    });
    if (signal.aborted) onAbort();
  });
}

/** A judge that lets only one server pass: SERVER_IDENTITY_MISMATCH for every other. */
export function pinnedTo(serverId: string): (found: string) => void {
  return (found) => {
    if (found !== serverId) throw new MasalaError('SERVER_IDENTITY_MISMATCH', { expected: serverId, found });
  };
}

function serverIdOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) throw new MasalaError('CONNECTION_LOST', { reason: 'no certificate' });
  return createHash('sha256').update(certificate.raw).digest('hex');
}

function unreachable(target: Address, reason: string): MasalaError {
  return new MasalaError('CONNECTION_LOST', { reason, address: target.address, port: target.port });
}
