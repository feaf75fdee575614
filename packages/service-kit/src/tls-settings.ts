import { certificates, privateKey } from '@plinth/config';

const authorities = (server: string) =>
  certificates()
    .optional()
    .meta({ description: `The authorities that may sign the certificate of ${server}, instead of those of Node.` });

const certificate = (server: string) =>
  certificates()
    .optional()
    .meta({ description: `The certificate that a process presents to ${server}, and those that sign it.` });

const key = (name: string) =>
  privateKey()
    .optional()
    .meta({ description: `The private key of ${name}.` });

/** The certificates of TLS connections, which `tls=true` and `rediss://` in the addresses of the databases turn on. */
export const mongodbTlsSettings = {
  MONGODB_TLS_CA: authorities('MongoDB'),
  MONGODB_TLS_CERTIFICATE: certificate('MongoDB'),
  MONGODB_TLS_KEY: key('MONGODB_TLS_CERTIFICATE'),
};

export const redisTlsSettings = {
  REDIS_TLS_CA: authorities('Redis'),
  REDIS_TLS_CERTIFICATE: certificate('Redis'),
  REDIS_TLS_KEY: key('REDIS_TLS_CERTIFICATE'),
};
