import { randomUUID } from 'node:crypto';
import type { Dataset } from './data.ts';
import type { Kind } from './kinds.ts';
import type { Headers } from './requests.ts';

type Json = Readonly<Record<string, unknown>>;

/** A request, and what its answer must be. */
export type Asked = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  /** Beside those that all requests of a slice have. */
  readonly headers?: Headers;
  readonly body?: string;
  readonly status: number;
  /** True for the JSON of a right answer. */
  readonly isRight: (json: Json) => boolean;
  /** Called when the right status has come. */
  readonly settle?: () => void;
};

/** Gives one request after the other, of which any number may be under way at a time. */
export type Workload = () => Asked;

/** So many ids are asked for in turn. */
const idsMax = 500;

const getting = (ids: readonly string[]): Workload => {
  let asked = 0;
  return () => {
    const id = ids[asked % Math.min(ids.length, idsMax)];
    asked += 1;
    return { method: 'GET', path: `/v1/users/${id}`, status: 200, isRight: (user) => user['id'] === id };
  };
};

const isPage = ({ items, nextCursor }: Json): boolean =>
  Array.isArray(items) && items.length === 20 && typeof nextCursor === 'string';

const list: Asked = { method: 'GET', path: '/v1/users?limit=20', status: 200, isRight: isPage };
const health: Asked = { method: 'GET', path: '/health', status: 200, isRight: ({ status }) => status === 'live' };

const json = { 'content-type': 'application/json' } as const;

/** Makes the body of a person whose address nobody has had before in this run. */
const createPeople = () => {
  let made = 0;
  return () => {
    made += 1;
    return { name: `New Person ${made}`, email: `New.${made}@example.com`, role: 'member' };
  };
};

type Person = ReturnType<ReturnType<typeof createPeople>>;

const posting = (nextPerson: () => Person, headersOf: () => Headers): Workload => {
  return () => {
    const person = nextPerson();
    const isRight = ({ id, version, name, email, role }: Json): boolean =>
      typeof id === 'string' && version === 1 && name === person.name && email === person.email && role === person.role;
    return {
      method: 'POST',
      path: '/v1/users',
      headers: headersOf(),
      body: JSON.stringify(person),
      status: 201,
      isRight,
    };
  };
};

/**
 * Each request changes the user that has rested longest, with the version that its last change left behind. A user rests
 * again when the change is answered, so no two requests want the same version and every one of them must succeed.
 */
const patching = (ids: readonly string[]): Workload => {
  const resting = ids.map((id) => ({ id, version: 1 }));
  let changes = 0;
  return () => {
    const user = resting.shift();
    if (!user) throw new Error('More patches are under way than there are users: take fewer connections.');
    const { id, version } = user;
    changes += 1;
    const name = `Changed Person ${changes}`;
    return {
      method: 'PATCH',
      path: `/v1/users/${id}`,
      headers: { ...json, 'if-match': `"${version}"` },
      body: JSON.stringify({ name }),
      status: 200,
      isRight: (answer) => answer['id'] === id && answer['version'] === version + 1 && answer['name'] === name,
      settle: () => void resting.push({ id, version: version + 1 }),
    };
  };
};

/** What the load asks for. Both servers are asked in turn, so what one was told to change is known of the other. */
export const createWorkloads = ({ ids, written }: Dataset): Readonly<Record<Kind, Workload>> => {
  const nextPerson = createPeople();
  return {
    get: getting(ids),
    list: () => list,
    health: () => health,
    post: posting(nextPerson, () => json),
    'post-keyed': posting(nextPerson, () => ({ ...json, 'idempotency-key': randomUUID() })),
    patch: patching(written.ids),
  };
};
