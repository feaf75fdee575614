/** Authenticate without a password in the URI: by a client certificate, or by the identity of the machine. */
const mechanismsWithoutPassword: readonly unknown[] = ['MONGODB-X509', 'MONGODB-AWS', 'MONGODB-OIDC'];

/** The parameters that decide whether the certificate of the server is verified, with the value that verifies it. */
const verifying = {
  tlsinsecure: 'false',
  tlsallowinvalidcertificates: 'false',
  tlsallowinvalidhostnames: 'false',
  rejectunauthorized: 'true',
} as const;

/** Describes how a valid MongoDB connection string connects. A value that the driver might not accept counts as insecure. */
export const describeMongodbUri = (uri: string) => {
  const [, scheme, authority = '', query = ''] = /^([^:]+):\/\/([^/?]*)[^?]*\??(.*)$/s.exec(uri) ?? [];
  // The driver ignores the case of the names.
  const parameters = new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
  const tls = ['tls', 'ssl'].map((name) => parameters.get(name)).filter((value) => value !== undefined);
  const isTlsByDefault = scheme === 'mongodb+srv';
  return {
    hasTls: (isTlsByDefault || tls.length > 0) && tls.every((value) => value === 'true'),
    hasCredentials:
      /^[^:@]+:[^@]+@/.test(authority) || mechanismsWithoutPassword.includes(parameters.get('authmechanism')),
    verifiesCertificates: Object.entries(verifying).every(([name, safe]) => (parameters.get(name) ?? safe) === safe),
  };
};

/** Describes how a valid Redis URL connects. */
export const describeRedisUrl = (url: string) => {
  const { protocol, password, searchParams } = new URL(url);
  // The driver accepts options as parameters, and an empty `tls` would turn TLS off.
  return { hasTls: protocol === 'rediss:' && !searchParams.has('tls'), hasCredentials: password !== '' };
};
