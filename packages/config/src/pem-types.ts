import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';

const isParsed = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const areCertificates = (pem: string): boolean => {
  const blocks = pem.match(certificateBlock) ?? [];
  return blocks.length > 0 && blocks.every((certificate) => isParsed(() => new X509Certificate(certificate)));
};

/** One or more X.509 certificates. */
export const certificates = () =>
  z.string().refine(areCertificates, 'is not valid').meta({ expects: 'one or more certificates in PEM form' });

/** A private key, which is a secret. */
export const privateKey = () =>
  z
    .string()
    .refine((pem) => isParsed(() => createPrivateKey(pem)), 'is not valid')
    .meta({ expects: 'a private key in PEM form without a passphrase', isSecret: true });
