// Makes the key and certificate of a fixture server, as a real server makes its own at its first start.

import 'reflect-metadata';
import { createHash, KeyObject, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

export interface FixtureIdentity {
  readonly privateKey: KeyObject;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  /** SHA-256 of the certificate, hex. */
  readonly serverId: string;
}

export async function makeFixtureIdentity(name = 'fixture'): Promise<FixtureIdentity> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('9999-12-31T00:00:00Z'),
  });
  const privateKey = KeyObject.from(keys.privateKey);
  const certificateDer = Buffer.from(certificate.rawData);
  return {
    privateKey,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: certificate.toString('pem'),
    certificateDer,
    serverId: createHash('sha256').update(certificateDer).digest('hex'),
  };
}
