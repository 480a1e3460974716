// Who the server is: a P-256 key and its self-signed certificate, made at the first start and kept for ever.

import { createHash, createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder, writeNewFileDurably } from '@masala/protocol/durable-file';

const KEY_FILE = 'server-key.pem';
const CERTIFICATE_FILE = 'server-certificate.pem';
/** RFC 5280's "no well-defined expiration date": the certificate is the identity, so it never ends. */
const NOT_AFTER = new Date('9999-12-31T23:59:59Z');
/** Before every clock that could look at it, a wrong one included. */
const NOT_BEFORE = new Date('2000-01-01T00:00:00Z');

export interface Identity {
  /** SHA-256 of the certificate in DER, in lower-case hexadecimal. */
  readonly serverId: string;
  readonly key: KeyObject;
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
}

/** The folder of a data directory that holds the identity. */
export function identityFolder(dataDir: string): string {
  return join(dataDir, 'identity');
}

/**
 * Whether a data directory has an identity already, or what is left of one. The folder alone is none: others keep their own
 * files in it.
 */
export function hasIdentity(dataDir: string): boolean {
  return [KEY_FILE, CERTIFICATE_FILE].some((name) => existsSync(join(identityFolder(dataDir), name)));
}

/** Reads the identity. Throws when key or certificate are missing, cannot be read, or do not belong together. */
export function readIdentity(dataDir: string): Identity {
  const folder = identityFolder(dataDir);
  const keyPem = readFileSync(join(folder, KEY_FILE), 'utf8');
  const certificatePem = readFileSync(join(folder, CERTIFICATE_FILE), 'utf8');
  const key = createPrivateKey(keyPem);
  const certificate = new X509Certificate(certificatePem);
  if (!certificate.checkPrivateKey(key))
    throw new Error(`the key in ${folder} does not fit the certificate beside it`);
  const certificateDer = certificate.raw;
  const serverId = createHash('sha256').update(certificateDer).digest('hex');
  return { serverId, key, keyPem, certificatePem, certificateDer };
}

/**
 * Makes an identity. Key and certificate are written into a folder beside, which is then renamed: after a crash there is a
 * whole identity or none. Where the folder has outlived its key, what else is in it is kept.
 */
export async function createIdentity(dataDir: string): Promise<Identity> {
  const { keyPem, certificatePem } = await makeCertificate();
  const folder = identityFolder(dataDir);
  const beside = `${folder}.new`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { mode: 0o700 });
  writeNewFileDurably(join(beside, KEY_FILE), keyPem);
  writeNewFileDurably(join(beside, CERTIFICATE_FILE), certificatePem);
  syncFolder(beside);
  if (existsSync(folder)) moveInto(folder, beside);
  else renameSync(beside, folder);
  syncFolder(dirname(folder));
  return readIdentity(dataDir);
}

function moveInto(folder: string, beside: string): void {
  for (const name of [CERTIFICATE_FILE, KEY_FILE]) renameSync(join(beside, name), join(folder, name));
  syncFolder(folder);
  rmdirSync(beside);
}

async function makeCertificate(): Promise<{ keyPem: string; certificatePem: string }> {
  // Loaded here and not above: it takes 90 ms and is needed once in the life of a server.
  await import('reflect-metadata');
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Masala server',
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: certificate.toString('pem'),
  };
}
