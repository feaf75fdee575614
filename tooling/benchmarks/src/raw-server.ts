// A minimal server for the same requests with Fastify and the official driver: no token, no validation, no rate limit, no
// log, no journal, no event. Its writes are acknowledged by a majority, like the platform's.
import { toSortKey } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';
import Fastify from 'fastify';
import { MongoClient } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';

type StoredUser = UserDocument & { nameKey: string; emailKey: string; deleted: boolean };

const { PORT, MONGODB_URI = '', DATABASE } = process.env;

const client = new MongoClient(MONGODB_URI, { maxPoolSize: 32, writeConcern: { w: 'majority', journal: true } });
await client.connect();
const users = client.db(DATABASE).collection<StoredUser>('users');

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const profile = { name: text, email: text, role: text, status: text };
const user = {
  type: 'object',
  properties: { id: text, version: { type: 'integer' }, ...profile, createdAt: time, updatedAt: time },
};
const page = {
  type: 'object',
  properties: { items: { type: 'array', items: user }, nextCursor: { type: ['string', 'null'] } },
};

/** The serializer leaves out the fields that no client receives. */
const toUser = (stored: StoredUser) => ({ ...stored, id: stored._id });

type Request = {
  Params: { id: string };
  Querystring: { limit: number };
  Headers: { 'x-tenant-id': string };
  Body: Pick<StoredUser, 'name' | 'email' | 'role'>;
};

const app = Fastify({ logger: false });

app.get('/health/ready', async () => ({ status: 'ready' }));

app.get<Request>('/v1/users/:id', { schema: { response: { 200: user } } }, async (request, reply) => {
  const found = await users.findOne({ _id: request.params.id, tenantId: request.headers['x-tenant-id'] });
  return found ? toUser(found) : reply.code(404).send({ code: 'not-found' });
});

const querystring = { type: 'object', properties: { limit: { type: 'integer' } } };

app.get<Request>('/v1/users', { schema: { querystring, response: { 200: page } } }, async (request) => {
  const { limit } = request.query;
  const found = await users
    .find({ tenantId: request.headers['x-tenant-id'], deleted: false })
    .sort({ createdAt: -1, _id: -1 })
    .limit(limit + 1)
    .toArray();
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items: items.map(toUser), nextCursor: last ? btoa(`${last.createdAt.getTime()}.${last._id}`) : null };
});

app.post<Request>('/v1/users', { schema: { response: { 201: user } } }, async (request, reply) => {
  const { name, email } = request.body;
  const now = new Date();
  const created: StoredUser = {
    ...request.body,
    _id: uuidv7(),
    tenantId: request.headers['x-tenant-id'],
    version: 1,
    nameKey: toSortKey(name),
    emailKey: email.toLowerCase(),
    status: 'active',
    deleted: false,
    createdAt: now,
    updatedAt: now,
  };
  await users.insertOne(created);
  return reply.code(201).send(toUser(created));
});

process.once('SIGTERM', () => process.exit(0));
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
