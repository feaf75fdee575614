/** The risks that production refuses, unless `ALLOW_INSECURE` names them. */
export const risks = [
  'mongodb-without-tls',
  'mongodb-without-credentials',
  'mongodb-invalid-certificates',
  'redis-without-tls',
  'redis-without-credentials',
  'invalid-certificates',
  'http-public-url',
  'http-origins',
  'default-issuer',
  'default-audience',
  'demo-data',
  'env-file',
] as const;

export type Risk = (typeof risks)[number];
