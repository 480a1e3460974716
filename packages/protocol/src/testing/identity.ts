// A server's identity for the tests of the beacon and the recorded frames: one key and certificate, made once by openssl
// and good for nothing else.

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';

const certificate = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIUBPSqmbbSitVtiNJIoVwsoW7Az8gwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNTWFzYWxhIHNlcnZlcjAgFw0yNjExMjExMjQyMDNaGA85OTY2
MTAyNzEyNDIwM1owGDEWMBQGA1UEAwwNTWFzYWxhIHNlcnZlcjBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABCk4oZy8n9wBd2h5/WB6WvgCyDEBGSx3pW5E9YGElzjv
ZKWcRCqKobESout+QXgEga664J0dWZfzIwXexExfKUujUzBRMB0GA1UdDgQWBBTZ
/NA6twXx49EtrrRqVHDi7VZkxjAfBgNVHSMEGDAWgBTZ/NA6twXx49EtrrRqVHDi
7VZkxjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIFzu8g8g9fx9
7sBYfeOKCSz99b0CSDepR7qBPPHM+MhMAiEAxdttjx4zUh8MP0tsV1IeM86ZWnsZ
npz4/ja9Fhkfc6I=
-----END CERTIFICATE-----`);

export const testIdentity = {
  serverId: createHash('sha256').update(certificate.raw).digest('hex'),
  certificate: certificate.raw,
  privateKey: createPrivateKey(`-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggTR8wCuOWzIfloHf
zZr/znhvPaRMzSS8pMeqozyjnYahRANCAAQpOKGcvJ/cAXdoef1gelr4AsgxARks
d6VuRPWBhJc472SlnEQqiqGxEqLrfkF4BIGuuuCdHVmX8yMF3sRMXylL
-----END PRIVATE KEY-----`),
};
