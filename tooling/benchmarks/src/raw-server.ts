// A minimal server for the same requests with Fastify and the official driver: no token, no validation, no rate limit, no
// log, no journal, no event. Its writes are acknowledged by a majority, like the platform's.
import { toSortKey } from '@plinth/data-kit';
import Fastify from 'fastify';
import { type Filter, MongoClient } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';

type StoredUser = {
  readonly _id: string;
  readonly tenantId: string;
  readonly version: number;
  readonly name: string;
  readonly nameKey: string;
  readonly email: string;
  readonly emailKey: string;
  readonly role: string;
  readonly status: 'active' | 'suspended';
  readonly deleted: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const { PORT, MONGODB_URI = '', DATABASE } = process.env;

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

const app = Fastify({ logger: false });

app.get('/health/ready', async () => ({ status: 'ready' }));

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
      _id: uuidv7(),
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
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
