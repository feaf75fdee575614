import { createId, type RawHeader, type RawRequest } from '@plinth/testing';
import type { Canaries } from './canaries.ts';

export type CanaryOptions = {
  readonly canaries: Canaries;
  /** The canaries in paths: a problem may contain them, a log may not. */
  readonly pathCanaries: Canaries;
  readonly authorization: string;
  /** A token with an invalid signature. */
  readonly forged: string;
  /** The id of a stored user with version 1. */
  readonly userId: string;
};

const json: RawHeader = ['Content-Type', 'application/json'];
const ifVersion1: RawHeader = ['If-Match', '"1"'];

/** Valid and invalid bodies with a canary in every field. */
const createBodyRequests = ({ canaries, authorization, userId }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const baseHeaders: RawHeader[] = [['Authorization', authorization], json];
  const email = `${plant('the email of a user')}@marked.example`;
  const body = { name: `Ada ${plant('the name of a user')}`, email, role: 'member' };
  const post = (body: unknown, headers = baseHeaders): RawRequest => ({
    method: 'POST',
    path: '/v1/users',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const patch = (body: unknown, headers: readonly RawHeader[]): RawRequest => ({
    method: 'PATCH',
    path: `/v1/users/${userId}`,
    headers: [...baseHeaders, ...headers],
    body: JSON.stringify(body),
  });
  const unknown = { password: plant('a password'), token: plant('a token'), card: { number: plant('a card') } };
  return [
    post(body),
    post(body),
    post({ ...body, email: email.toUpperCase() }),
    post({ ...body, ...unknown }),
    post({ ...body, name: 7, email: plant('an invalid email'), role: plant('an invalid role') }),
    post({ name: [plant('a name in a list')], email: { $ne: plant('an operator') } }),
    post({ [plant('the name of a field')]: 1 }),
    post(`{"name":"${plant('malformed JSON')}`),
    post(`{"__proto__":{"a":"${plant('a prototype')}"}}`),
    post(`{"name":"${plant('a lone surrogate')}\\ud800","email":"a@b.example","role":"member"}`),
    post(`{"name":"${plant('too large a body').padEnd(300_000, ' ')}"}`),
    post(plant('a text body'), [
      ['Authorization', authorization],
      ['Content-Type', 'text/plain'],
    ]),
    post(`${'['.repeat(40)}"${plant('too deep a body')}"${']'.repeat(40)}`),
    patch({ name: plant('a new name') }, [ifVersion1]),
    patch({ email: `${plant('a new address')}@marked.example` }, [['If-Match', '"2"']]),
    patch({ email }, [['If-Match', '"3"']]),
    patch({ name: plant('a stale name') }, [ifVersion1]),
    patch({ name: plant('a name without a version') }, []),
    {
      ...patch({ role: plant('another invalid role') }, [ifVersion1]),
      method: 'PUT',
      path: `/v1/users/${userId}/role`,
    },
    { ...patch({ name: plant('a name for an unknown user') }, [ifVersion1]), path: `/v1/users/${createId()}` },
  ];
};

/** Valid and invalid query parameters. */
const createQueryRequests = ({ canaries, authorization }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const values = [
    `email=${plant('an email in a filter')}@marked.example`,
    `email=${plant('an invalid email in a filter')}`,
    `cursor=${plant('a cursor')}`,
    `cursor=${plant('half a cursor')}.${plant('the signature of a cursor')}`,
    `sort=${plant('a sort')}`,
    `fields=id,${plant('an unknown field')}`,
    `limit=${plant('a limit')}`,
    `role=${plant('a role in a filter')}`,
    `createdAt[gte]=${plant('a time')}`,
    `access_token=${plant('a token in the query')}`,
    `password=${plant('a password in the query')}&api_key=${plant('a key in the query')}`,
    `%zz=${plant('a malformed query')}`,
  ];
  const paths = ['/v1/users', '/v1/users/me', '/v1/users/export', '/health/ready', '/v1/nothing'];
  return paths.flatMap((path) =>
    values.map((query) => ({
      method: 'GET',
      path: `${path}?${query}`,
      headers: [['Authorization', authorization]] as const,
    })),
  );
};

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Headers with secrets, and headers that try to inject lines into the log or the response. */
const createHeaderRequests = ({ canaries, authorization, forged, userId }: CanaryOptions): RawRequest[] => {
  const { plant, mark } = canaries;
  const basic = mark('the password of Basic', Buffer.from(`ada:${plant('a password of Basic')}`).toString('base64'));
  const claims = mark('claims', Buffer.from(JSON.stringify({ sub: plant('a claim') })).toString('base64url'));
  const credentials: RawHeader[] = [
    `Bearer ${plant('an opaque token')}`,
    `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.${plant('a signature')}`,
    `Bearer ${plant('one token')} ${plant('another token')}`,
    `Basic ${basic}`,
    `Digest username="${plant('a user')}", response="${plant('a digest')}"`,
    `ApiKey ${plant('an API key')}`,
    `DPoP ${plant('a bound token')}`,
    `${plant('a scheme')} a`,
    plant('a credential without a scheme'),
    `Bearer ${forged}`,
  ].map((value) => ['Authorization', value]);
  const otherHeaders: RawHeader[] = [
    ['Cookie', `session=${plant('a session')}; ${plant('the name of a cookie')}=1`],
    ['X-Api-Key', plant('a key in a header')],
    ['Proxy-Authorization', `Basic ${plant('a proxy password')}`],
    ['User-Agent', plant('a user agent')],
    ['Referer', `https://a.example/?token=${plant('a token in a referer')}`],
    ['Origin', `https://${plant('an origin')}.example`],
    ['Host', `${plant('a host')}.example`],
    ['X-Forwarded-For', plant('an address of a network')],
    ['X-Forwarded-Host', plant('a forwarded host')],
    ['Accept', `application/${plant('an accepted type')}`],
    ['Accept-Language', plant('a language')],
    ['Accept-Encoding', plant('an accepted coding')],
    ['Content-Type', `text/${plant('a type')}`],
    ['Content-Type', plant('a malformed type')],
    ['Content-Encoding', plant('a coding')],
    ['Expect', plant('an expectation')],
    ['If-Match', plant('a malformed version')],
    ['If-Match', `"${plant('a version')}"`],
    ['If-None-Match', `"${plant('a known version')}"`],
    ['Idempotency-Key', `${plant('a key that is not printable')}\u00e9`],
    ['Idempotency-Key', plant('a key that is too long').repeat(20)],
    ['Idempotency-Key', `"${plant('a key without its end')}`],
    ['traceparent', plant('a malformed trace')],
    ['tracestate', `a=${plant('the state of a trace')}\r\ntraceparent: ${traceparent}`],
    ['baggage', `user=${plant('baggage')}`],
    ['X-Request-Id', `${plant('an id with a space')} a`],
    ['X-Request-Id', `a%0d%0a{"event":"${plant('an id with an encoded line break')}"}`],
    ['X-Request-Id', `a"}{"event":"${plant('an id that closes the JSON')}"`],
    ['X-Request-Id', `a\n{"event":"${plant('an id with a line feed')}"}`],
    ['X-Request-Id', `a\r{"event":"${plant('an id with a carriage return')}"}`],
    [plant('the name of a header'), 'a'],
  ];
  const headerSets: RawHeader[][] = [
    ...credentials.map((credential) => [credential]),
    ...otherHeaders.map((header): RawHeader[] => [['Authorization', authorization], header]),
  ];
  return headerSets.flatMap((headers): RawRequest[] => {
    const body = '{"name":"Bob","email":"not an address","role":"member"}';
    const contentType = headers.some(([name]) => name === 'Content-Type') ? [] : [json];
    return [
      { method: 'GET', path: `/v1/users/${userId}`, headers },
      { method: 'POST', path: '/v1/users', headers: [...headers, ...contentType], body },
      { method: 'DELETE', path: `/v1/users/${createId()}`, headers: [...headers, ifVersion1] },
    ];
  });
};

/** Requests with one idempotency key: the first, a retry and one with another body. */
const createKeyedRequests = ({ canaries, authorization }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const key = plant('an idempotency key');
  const post = (body: object): RawRequest => ({
    method: 'POST',
    path: '/v1/users',
    headers: [['Authorization', authorization], json, ['Idempotency-Key', key]],
    body: JSON.stringify(body),
  });
  const body = { name: plant('a keyed name'), email: `${plant('a keyed address')}@marked.example`, role: 'viewer' };
  return [post(body), post(body), post({ ...body, name: plant('another keyed name') })];
};

/** Requests with canaries in the path, and malformed requests. */
const createPathRequests = ({ canaries, pathCanaries, authorization }: CanaryOptions): RawRequest[] => {
  const baseHeaders: RawHeader[] = [['Authorization', authorization], ifVersion1];
  const paths = [
    `/v1/users/${pathCanaries.plant('an id')}`,
    `/v1/users/${pathCanaries.plant('an id with an encoded line break')}%0d%0a%7b%22event%22%3a%22a%22%7d`,
    `/v1/users/${pathCanaries.plant('an address as an id')}%40marked.example/role`,
    `/v1/${pathCanaries.plant('a path')}`,
    `/${pathCanaries.plant('an unknown path')}/%00`,
    `/errors/common/${pathCanaries.plant('an error')}`,
    `/v1/%zz${pathCanaries.plant('a malformed path')}`,
    `http://ada:${pathCanaries.plant('a password in a path')}@a.example/v1/users`,
  ];
  return [
    ...paths.flatMap((path) => ['GET', 'DELETE', 'OPTIONS'].map((method) => ({ method, path, headers: baseHeaders }))),
    { method: canaries.plant('a method').toUpperCase(), path: '/v1/users', headers: baseHeaders },
    { method: 'GET', path: '/v1/users', headers: [...baseHeaders, ['Content-Length', canaries.plant('a length')]] },
    { method: 'GET', path: '/v1/users', headers: [...baseHeaders, [`a ${canaries.plant('a malformed header')}`, 'b']] },
  ];
};

/** Requests with the secrets of sign-ups and sessions: valid, wrong and malformed ones. */
const createIdentityRequests = ({ canaries }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const id = createId();
  const toSecret = (place: string): string => plant(place).padEnd(43, 'A').slice(0, 43);
  const post = (path: string, body: object): RawRequest => ({
    method: 'POST',
    path,
    headers: [json],
    body: JSON.stringify(body),
  });
  const email = `${plant('the address of a sign-up')}@marked.example`;
  return [
    post('/v1/sign-ups', { email }),
    post('/v1/sign-ups', { email: plant('an invalid address of a sign-up') }),
    post('/v1/email-verifications', {
      token: `${id}.${toSecret('the token of a link')}`,
      password: plant('a new password'),
    }),
    post('/v1/email-verifications', { token: plant('a malformed token of a link'), password: 7 }),
    post('/v1/sessions', { email, password: plant('a wrong password') }),
    post('/v1/sessions', {
      email: { $ne: plant('an operator of a sign-in') },
      password: [plant('a password in a list')],
    }),
    post('/v1/session-refreshes', { refreshToken: `${id}.0.${toSecret('a refresh token')}` }),
    post('/v1/session-refreshes', { refreshToken: plant('a malformed refresh token') }),
  ];
};

/** Creates valid and invalid requests of every kind, with a unique canary in each secret or personal value. */
export const createCanaryRequests = (options: CanaryOptions): readonly RawRequest[][] => [
  createBodyRequests(options),
  createIdentityRequests(options),
  createQueryRequests(options),
  createHeaderRequests(options),
  createKeyedRequests(options),
  createPathRequests(options),
];
