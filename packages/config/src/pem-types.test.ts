import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { certificates, privateKey } from './index.ts';

/** Self-signed; its key was deleted. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBRDCB96ADAgECAhRlDevq4KnBPlgB0aHe9bOgPcRU8zAFBgMrZXAwFzEVMBMG
A1UEAwwMdGVzdC5leGFtcGxlMCAXDTI2MTEyOTE5MDUwMloYDzIxMjYxMTA1MTkw
NTAyWjAXMRUwEwYDVQQDDAx0ZXN0LmV4YW1wbGUwKjAFBgMrZXADIQDXoLOuYgED
3fZk1O5lbRZgfvqJJl1tzteCxUi/CPrxtqNTMFEwHQYDVR0OBBYEFMtyUz/ifDVz
iOzEiXPcK8RhNi9hMB8GA1UdIwQYMBaAFMtyUz/ifDVziOzEiXPcK8RhNi9hMA8G
A1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAYB6uWlIMAG9+XUTd4zaoWKpjyT+Z3wFK
uvMEqaoQDgWTdpkO2baEKa2FR6lOclhZKer9cGRlGbXCdvr7m0FnAA==
-----END CERTIFICATE-----`;
const { privateKey: key } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const isValid = (schema: ReturnType<typeof certificates>, value: string): boolean => schema.safeParse(value).success;

it('accepts one certificate or several, with text around them', () => {
  for (const pem of [certificate, `${certificate}\n${certificate}`, `# The authority\n${certificate}`]) {
    expect(isValid(certificates(), pem)).toBe(true);
  }
});

it('boundary: rejects a text without a certificate, a key, and a bundle with a damaged certificate', () => {
  const damaged = certificate.replace('MII', 'XII');
  for (const pem of ['ca.pem', key, damaged, `${certificate}\n${damaged}`]) {
    expect(isValid(certificates(), pem)).toBe(false);
  }
});

it('accepts a private key, and rejects a certificate and any other text', () => {
  expect([key, certificate, 'key.pem'].map((pem) => isValid(privateKey(), pem))).toEqual([true, false, false]);
});
