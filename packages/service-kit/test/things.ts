import {
  builtInRoles,
  commonErrors,
  defineContract,
  defineErrors,
  defineListQuery,
  definePage,
  definePermissions,
  defineRoute,
  type ExpectedVersions,
  Id,
  NoContent,
  pii,
  secret,
} from '@plinth/contract-kit';
import { type Collection, type Ctx, defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';

/** A small domain whose operations fail in different ways. */
export const thingsErrors = defineErrors('things', {
  nameTaken: { status: 409, title: 'The name is taken.', fix: 'Choose another name.' },
  tooHeavy: { status: 422, title: 'It is too heavy.', fix: 'Make it lighter.', data: z.object({ maxGrams: z.int() }) },
  undeclared: { status: 409, title: 'No route declares this.', fix: 'Declare it.' },
});

export const Thing = z.object({ id: Id, version: z.int(), name: z.string(), grams: z.number() }).meta({ id: 'Thing' });
const ThingDocument = Entity.extend({ name: pii(z.string()), grams: z.number() });
type ThingDocument = z.infer<typeof ThingDocument>;
const CreateThing = z.object({ name: z.string().min(1), grams: z.number() });
const ThingPage = definePage(Thing);
const ListThings = defineListQuery({
  item: Thing,
  filters: { name: z.string() },
  ranges: { grams: z.number() },
  combinations: [{ sort: ['-grams', 'name'] }, { where: ['name'], sort: ['-grams'] }],
});

export const things = defineCollection('things', ThingDocument, {
  tenancy: 'tenant',
  indexes: { byName: { fields: ['name'], unique: 'name-taken' } },
});

const permissions = definePermissions('things', {
  'things:read': { title: 'See things', roles: ['owner', 'viewer'] },
  'things:write': { title: 'Write things', roles: ['owner'] },
});

const item = { path: '/v1/things/:id', params: z.object({ id: Id }) } as const;
const write = { auth: { policy: 'things:write' } } as const;

export const thingsContract = defineContract('things', {
  permissions,
  routes: {
    createThing: defineRoute({
      ...write,
      method: 'POST',
      path: '/v1/things',
      summary: 'Create a thing',
      idempotency: 'optional',
      body: CreateThing,
      responses: { 201: Thing },
      errors: [thingsErrors.nameTaken, thingsErrors.tooHeavy],
    }),
    payForThing: defineRoute({
      ...write,
      method: 'POST',
      path: '/v1/payments',
      summary: 'Pay for a thing',
      body: CreateThing,
      bodyBytesMax: 8 * 1024,
      responses: { 201: Thing },
      errors: [thingsErrors.nameTaken],
    }),
    getThing: defineRoute({
      ...item,
      method: 'GET',
      summary: 'Get a thing',
      auth: { policy: 'things:read' },
      responses: { 200: Thing },
    }),
    getCachedThing: defineRoute({
      method: 'GET',
      path: '/v1/cached-things/:id',
      params: z.object({ id: Id }),
      summary: 'Get a thing that may be cached',
      auth: { policy: 'things:read' },
      cache: { maxAgeSeconds: 60 },
      responses: { 200: Thing },
    }),
    readRates: defineRoute({
      method: 'GET',
      path: '/v1/rates',
      summary: 'Read the rates',
      auth: 'public',
      cache: { maxAgeSeconds: 3600, scope: 'public' },
      responses: { 200: z.object({ version: z.int(), text: z.string() }) },
    }),
    removeThing: defineRoute({
      ...item,
      ...write,
      method: 'DELETE',
      summary: 'Remove a thing',
      responses: { 204: NoContent },
    }),
    pingThings: defineRoute({
      method: 'GET',
      path: '/v1/ping',
      summary: 'Ping',
      auth: 'public',
      responses: { 200: z.object({ pong: z.boolean() }) },
    }),
    streamThings: defineRoute({
      method: 'GET',
      path: '/v1/thing-stream',
      query: z.strictObject({ fails: z.literal('true').optional(), endless: z.literal('true').optional() }),
      summary: 'Stream things',
      auth: 'authenticated',
      stream: 'ndjson',
      responses: { 200: Thing },
    }),
    listThings: defineRoute({
      method: 'GET',
      path: '/v1/thing-list',
      summary: 'List things',
      auth: { policy: 'things:read' },
      query: ListThings,
      responses: { 200: ThingPage },
    }),
    readOldThings: defineRoute({
      method: 'GET',
      path: '/v1/old-things',
      summary: 'Read old things',
      auth: 'public',
      deprecated: { since: '2026-01-01', sunset: '2026-12-31' },
      responses: { 200: z.object({ text: z.string() }) },
    }),
    readLong: defineRoute({
      method: 'GET',
      path: '/v1/long',
      summary: 'Read much',
      auth: 'authenticated',
      responses: { 200: z.object({ text: z.string() }) },
    }),
    readLongSecret: defineRoute({
      method: 'GET',
      path: '/v1/long-secret',
      summary: 'Read a secret with much text',
      auth: 'authenticated',
      responses: { 200: z.object({ text: z.string(), key: secret(z.string()) }) },
    }),
    getNamedThing: defineRoute({
      method: 'GET',
      path: '/v1/things/named',
      summary: 'Get the thing that has a name',
      auth: 'authenticated',
      responses: { 200: z.object({ text: z.string() }) },
    }),
    failThing: defineRoute({
      method: 'POST',
      path: '/v1/failures/:cause',
      params: z.object({ cause: z.string() }),
      summary: 'Fail for a cause',
      idempotency: 'optional',
      auth: 'authenticated',
      responses: { 200: Thing },
    }),
    writeInGet: defineRoute({
      method: 'GET',
      path: '/v1/writes',
      summary: 'Write in a GET',
      auth: 'authenticated',
      responses: { 200: Thing },
    }),
  },
});

type Deps = { things: Collection<ThingDocument, 'insert' | 'get' | 'remove'> };

const toThing = (thing: ThingDocument) => ({
  id: thing._id,
  version: thing.version,
  name: thing.name,
  grams: thing.grams,
});

/** Counts the streams that are open. */
export const streams = { open: 0 };

type StreamQuery = { readonly fails?: 'true' | undefined; readonly endless?: 'true' | undefined };

async function* countThings({ fails, endless }: StreamQuery) {
  streams.open += 1;
  try {
    if (fails) throw thingsErrors.undeclared();
    for (let version = 1; version < 4 || endless; version += 1) {
      yield { id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', version, name: 'a', grams: 1 };
    }
  } finally {
    streams.open -= 1;
  }
}

/** Requests with the cause `wait` wait until `opened` resolves. `signal` is that of the latest request. */
export const latch: { opened: Promise<void>; signal?: AbortSignal } = { opened: Promise.resolve() };

/** Errors that the datastore throws, for any action. */
export const datastoreErrors = [
  'unavailable',
  'quotaExceeded',
  'changeTooLarge',
  'outcomeUnknown',
  'upstreamTimeout',
] as const;

const failures: Readonly<Record<string, (deps: Deps, ctx: Ctx) => Promise<unknown>>> = {
  undeclared: () => Promise.reject(thingsErrors.undeclared()),
  leak: async () => ({
    id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
    version: 1,
    name: 'a',
    grams: 1,
    secretSauce: 'leak-canary',
  }),
  wrong: async () => ({ id: 'no', name: 7 }),
  crash: () => Promise.reject(new Error('crash-canary ada@acme.example')),
  ...Object.fromEntries(datastoreErrors.map((name) => [name, () => Promise.reject(commonErrors[name]())])),
  wait: async (_deps, { signal }) => {
    latch.signal = signal;
    await latch.opened;
    return { id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', version: 1, name: 'a', grams: 1 };
  },
  late: async (deps, ctx) => {
    await latch.opened;
    return toThing(deps.things.for(ctx).insert({ name: 'late', grams: 1 }));
  },
  // Records a write and then returns an invalid response.
  half: async (deps, ctx) => {
    deps.things.for(ctx).insert({ name: 'half', grams: 1 });
    return { id: 'no' };
  },
};

type CreateInput = { readonly body: z.output<typeof CreateThing> };
type ItemInput = { readonly id: string };

const getThingById = (deps: Deps) => async (input: ItemInput, ctx: Ctx) =>
  toThing(await deps.things.for(ctx).get(input.id));
const insertThing =
  (deps: Deps) =>
  async ({ body }: CreateInput, ctx: Ctx) =>
    toThing(deps.things.for(ctx).insert(body));

export const thingsModule = defineModule({
  name: 'things',
  contracts: [thingsContract],
  collections: { things },
  // Every user has every role, so that the roles of a token decide.
  userAccess: { changedBy: [], find: () => async () => ({ status: 'active', roles: builtInRoles }) },
  actions: {
    createThing: (deps: Deps) => async (input: CreateInput, ctx: Ctx) => {
      if (input.body.grams > 1000) throw thingsErrors.tooHeavy({ maxGrams: 1000 });
      return insertThing(deps)(input, ctx);
    },
    payForThing: insertThing,
    getThing: getThingById,
    getCachedThing: getThingById,
    readRates: () => async () => ({ version: 3, text: 'long '.repeat(400) }),
    removeThing:
      (deps: Deps) =>
      async ({ id, version }: ItemInput & { version: ExpectedVersions }, ctx: Ctx) => {
        deps.things.for(ctx).remove(await deps.things.for(ctx).get(id, { version }));
      },
    pingThings: () => async () => ({ pong: true }),
    streamThings:
      () =>
      async ({ query }: { query: StreamQuery }) =>
        countThings(query),
    listThings: () => async () => ({ items: [], nextCursor: null }),
    readOldThings: () => async () => ({ text: 'old' }),
    readLong: () => async () => ({ text: 'long '.repeat(400) }),
    readLongSecret: () => async () => ({ text: 'long '.repeat(400), key: 'a key' }),
    getNamedThing: () => async () => ({ text: 'named' }),
    failThing:
      (deps: Deps) =>
      async ({ cause }: { cause: string }, ctx: Ctx) =>
        (await failures[cause]?.(deps, ctx)) as z.infer<typeof Thing>,
    writeInGet: (deps: Deps) => async (_input: unknown, ctx: Ctx) =>
      toThing(deps.things.for(ctx).insert({ name: 'a', grams: 1 })),
  },
});
