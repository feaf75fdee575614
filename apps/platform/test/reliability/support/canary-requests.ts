import { anId, type RawHeader, type RawRequest } from '@plinth/testing';
import type { Canaries } from './canaries.ts';

export type CanaryOptions = {
  readonly canaries: Canaries;
  /** Those of paths, which a refusal names as what was asked for, and a log does not. */
  readonly pathCanaries: Canaries;
  readonly authorization: string;
  readonly expired: string;
  /** Somebody who is there, whose version is 1. */
  readonly person: string;
};

const json: RawHeader = ['Content-Type', 'application/json'];
const first: RawHeader = ['If-Match', '"1"'];

/** Bodies that are taken or refused, with a marker in every place that a body has. */
const bodies = ({ canaries, authorization, person }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const by: RawHeader[] = [['Authorization', authorization], json];
  const email = `${plant('the address of a person')}@marked.example`;
  const body = { name: `Ada ${plant('the name of a person')}`, email, role: 'member' };
  const post = (sent: unknown, headers = by): RawRequest => ({
    method: 'POST',
    path: '/v1/users',
    headers,
    body: typeof sent === 'string' ? sent : JSON.stringify(sent),
  });
  const patch = (sent: unknown, headers: readonly RawHeader[]): RawRequest => ({
    method: 'PATCH',
    path: `/v1/users/${person}`,
    headers: [...by, ...headers],
    body: JSON.stringify(sent),
  });
  const unknown = { password: plant('a password'), token: plant('a token'), card: { number: plant('a card') } };
  return [
    post(body),
    post(body),
    post({ ...body, email: email.toUpperCase() }),
    post({ ...body, ...unknown }),
    post({ ...body, name: 7, email: plant('what is no address'), role: plant('what is no role') }),
    post({ name: [plant('a name in a list')], email: { $ne: plant('an operator') } }),
    post({ [plant('the name of a field')]: 1 }),
    post(`{"name":"${plant('malformed JSON')}`),
    post(`{"__proto__":{"a":"${plant('a prototype')}"}}`),
    post(`{"name":"${plant('half of a pair')}\\ud800","email":"a@b.example","role":"member"}`),
    post(`{"name":"${plant('too large a body').padEnd(300_000, ' ')}"}`),
    post(plant('another type'), [
      ['Authorization', authorization],
      ['Content-Type', 'text/plain'],
    ]),
    post(`${'['.repeat(40)}"${plant('too deep a body')}"${']'.repeat(40)}`),
    patch({ name: plant('a new name') }, [first]),
    patch({ email: `${plant('a new address')}@marked.example` }, [['If-Match', '"2"']]),
    patch({ email }, [['If-Match', '"3"']]),
    patch({ name: plant('a stale name') }, [first]),
    patch({ name: plant('a name without a version') }, []),
    { ...patch({ role: plant('what is no role either') }, [first]), method: 'PUT', path: `/v1/users/${person}/role` },
    { ...patch({ name: plant('a name for nobody') }, [first]), path: `/v1/users/${anId()}` },
  ];
};

/** Values of parameters that are taken or refused. */
const queries = ({ canaries, authorization }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const values = [
    `email=${plant('an address that is looked for')}@marked.example`,
    `email=${plant('an address that is none')}`,
    `cursor=${plant('a cursor')}`,
    `cursor=${plant('half a cursor')}.${plant('the signature of a cursor')}`,
    `sort=${plant('a sort')}`,
    `fields=id,${plant('a field that is none')}`,
    `limit=${plant('a limit')}`,
    `role=${plant('a role that is looked for')}`,
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

const aTrace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Headers that hold secrets, or could be taken for what a log or an response is made of. */
const headers = ({ canaries, authorization, expired, person }: CanaryOptions): RawRequest[] => {
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
    `Bearer ${expired}`,
  ].map((value) => ['Authorization', value]);
  const others: RawHeader[] = [
    ['Cookie', `session=${plant('a session')}; ${plant('the name of a cookie')}=1`],
    ['X-Api-Key', plant('a key in a header')],
    ['Proxy-Authorization', `Basic ${plant('a proxy password')}`],
    ['User-Agent', plant('a user agent')],
    ['Referer', `https://a.example/?token=${plant('a token in a referer')}`],
    ['Origin', `https://${plant('an origin')}.example`],
    ['Host', `${plant('a host')}.example`],
    ['X-Forwarded-For', plant('an address of a network')],
    ['X-Forwarded-Host', plant('a forwarded host')],
    ['Accept', `application/${plant('a type that is taken')}`],
    ['Accept-Language', plant('a language')],
    ['Accept-Encoding', plant('a coding that is taken')],
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
    ['tracestate', `a=${plant('the state of a trace')}\r\ntraceparent: ${aTrace}`],
    ['baggage', `user=${plant('baggage')}`],
    ['X-Request-Id', `${plant('an id with a space')} a`],
    ['X-Request-Id', `a%0d%0a{"event":"${plant('an id with a line')}"}`],
    ['X-Request-Id', `a"}{"event":"${plant('an id that ends a line')}"`],
    ['X-Request-Id', `a\n{"event":"${plant('an id with a line feed')}"}`],
    ['X-Request-Id', `a\r{"event":"${plant('an id with a carriage return')}"}`],
    [plant('the name of a header'), 'a'],
  ];
  const all = [
    ...credentials,
    ...others.flatMap((header): RawHeader[][] => [[['Authorization', authorization], header]]),
  ];
  return all.flatMap((one): RawRequest[] => {
    const own = (Array.isArray(one[0]) ? one : [one]) as readonly RawHeader[];
    const body = '{"name":"Bob","email":"not an address","role":"member"}';
    const typed = own.some(([name]) => name === 'Content-Type') ? [] : [json];
    return [
      { method: 'GET', path: `/v1/users/${person}`, headers: own },
      { method: 'POST', path: '/v1/users', headers: [...own, ...typed], body },
      { method: 'DELETE', path: `/v1/users/${anId()}`, headers: [...own, first] },
    ];
  });
};

/** Calls with keys: taken, sent again, sent with another body. */
const keyed = ({ canaries, authorization }: CanaryOptions): RawRequest[] => {
  const { plant } = canaries;
  const key = plant('a key of a call');
  const post = (sent: object): RawRequest => ({
    method: 'POST',
    path: '/v1/users',
    headers: [['Authorization', authorization], json, ['Idempotency-Key', key]],
    body: JSON.stringify(sent),
  });
  const body = { name: plant('a keyed name'), email: `${plant('a keyed address')}@marked.example`, role: 'viewer' };
  return [post(body), post(body), post({ ...body, name: plant('another keyed name') })];
};

/** Paths, which a refusal may name and a log may not, and bytes that are no request. */
const places = ({ canaries, pathCanaries, authorization }: CanaryOptions): RawRequest[] => {
  const by: RawHeader[] = [['Authorization', authorization], first];
  const paths = [
    `/v1/users/${pathCanaries.plant('an id')}`,
    `/v1/users/${pathCanaries.plant('an id with a line')}%0d%0a%7b%22event%22%3a%22a%22%7d`,
    `/v1/users/${pathCanaries.plant('an address as an id')}%40marked.example/role`,
    `/v1/${pathCanaries.plant('a path')}`,
    `/${pathCanaries.plant('a path of nobody')}/%00`,
    `/errors/common/${pathCanaries.plant('an error')}`,
    `/v1/%zz${pathCanaries.plant('a malformed path')}`,
    `http://ada:${pathCanaries.plant('a password in a path')}@a.example/v1/users`,
  ];
  return [
    ...paths.flatMap((path) => ['GET', 'DELETE', 'OPTIONS'].map((method) => ({ method, path, headers: by }))),
    { method: canaries.plant('a method').toUpperCase(), path: '/v1/users', headers: by },
    { method: 'GET', path: '/v1/users', headers: [...by, ['Content-Length', canaries.plant('a length')]] },
    { method: 'GET', path: '/v1/users', headers: [...by, [`a ${canaries.plant('a malformed header')}`, 'b']] },
  ];
};

/** Requests of every kind, taken and refused, with a marker of its own in each place that is secret or personal. */
export const createCanaryRequests = (parts: CanaryOptions): readonly RawRequest[][] => [
  bodies(parts),
  queries(parts),
  headers(parts),
  keyed(parts),
  places(parts),
];
