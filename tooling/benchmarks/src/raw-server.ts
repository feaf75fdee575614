// The least code that answers the same requests: no credential, no validation, no limit, no log, no journal, no event;
// Fastify and the official driver. What it writes has the majority's promise and no other.
import { randomUUID } from 'node:crypto';
import { toSortKey } from '@plinth/data-kit';
import Fastify from 'fastify';
import { type Filter, MongoClient } from 'mongodb';
import type { StoredUser } from './data.ts';

const { HOST, PORT, MONGODB_URI = '', DATABASE } = process.env;

const client = new MongoClient(MONGODB_URI, { maxPoolSize: 32, writeConcern: { w: 'majority', journal: true } });
await client.connect();
const users = client.db(DATABASE).collection<StoredUser>('users');

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const user = {
  type: 'object',
  properties: {
    id: text,
    version: { type: 'number' },
    name: text,
    email: text,
    role: text,
    status: text,
    createdAt: time,
    updatedAt: time,
  },
} as const;
const page = {
  type: 'object',
  properties: { items: { type: 'array', items: user }, nextCursor: { type: ['string', 'null'] } },
} as const;

const toUser = ({ _id, version, name, email, role, status, createdAt, updatedAt }: StoredUser) => ({
  id: _id,
  version,
  name,
  email,
  role,
  status,
  createdAt,
  updatedAt,
});

const toCursor = ({ createdAt, _id }: StoredUser): string =>
  Buffer.from(`${createdAt.getTime()}.${_id}`).toString('base64url');

const after = (cursor: string): Filter<StoredUser> => {
  const [ms, id = ''] = Buffer.from(cursor, 'base64url').toString().split('.');
  const createdAt = new Date(Number(ms));
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] };
};

/** A random id with the time before it: the collection takes UUIDv7 only. */
const newId = (): string => {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
};

const app = Fastify({ logger: false });

app.get('/health', { schema: { response: { 200: { type: 'object', properties: { status: text } } } } }, async () => ({
  status: 'live',
}));

app.get<{ Params: { id: string }; Headers: { 'x-tenant-id': string } }>(
  '/v1/users/:id',
  { schema: { response: { 200: user } } },
  async (request, reply) => {
    const found = await users.findOne({ _id: request.params.id, tenantId: request.headers['x-tenant-id'] });
    return found ? toUser(found) : reply.code(404).send({ code: 'not-found' });
  },
);

app.get<{ Querystring: { limit: number; cursor?: string }; Headers: { 'x-tenant-id': string } }>(
  '/v1/users',
  {
    schema: {
      querystring: {
        type: 'object',
        properties: { limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, cursor: text },
      },
      response: { 200: page },
    },
  },
  async (request) => {
    const { limit, cursor } = request.query;
    const filter = { tenantId: request.headers['x-tenant-id'], deleted: false, ...(cursor && after(cursor)) };
    const sort = { createdAt: -1, _id: -1 } as const;
    const found = await users
      .find(filter)
      .sort(sort)
      .limit(limit + 1)
      .toArray();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items: items.map(toUser), nextCursor: found.length > limit && last ? toCursor(last) : null };
  },
);

app.post<{ Body: Pick<StoredUser, 'name' | 'email' | 'role'>; Headers: { 'x-tenant-id': string } }>(
  '/v1/users',
  { schema: { response: { 201: user } } },
  async (request, reply) => {
    const { name, email, role } = request.body;
    const now = new Date();
    const created: StoredUser = {
      _id: newId(),
      tenantId: request.headers['x-tenant-id'],
      version: 1,
      name,
      nameKey: toSortKey(name),
      email,
      emailKey: email.toLowerCase(),
      role,
      status: 'active',
      deleted: false,
      createdAt: now,
      updatedAt: now,
    };
    await users.insertOne(created);
    return reply.code(201).send(toUser(created));
  },
);

app.patch<{
  Params: { id: string };
  Body: Pick<StoredUser, 'name'>;
  Headers: { 'x-tenant-id': string; 'if-match': string };
}>('/v1/users/:id', { schema: { response: { 200: user } } }, async (request, reply) => {
  const { id } = request.params;
  const { name } = request.body;
  const version = Number(request.headers['if-match'].slice(1, -1));
  const updatedAt = new Date();
  const { matchedCount } = await users.updateOne(
    { _id: id, tenantId: request.headers['x-tenant-id'], version },
    { $set: { name, updatedAt }, $inc: { version: 1 } },
  );
  if (matchedCount === 0) return reply.code(412).send({ code: 'stale-version' });
  return { id, version: version + 1, name, updatedAt };
});

process.once('SIGTERM', () => process.exit(0));
await app.listen({ host: HOST ?? '127.0.0.1', port: Number(PORT) });
