import { defineContract, defineErrors, defineRoute, Id, SingleLineText } from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  defineCollection,
  Entity,
  type Ids,
  inTenant,
  platformTenantId,
} from '@plinth/data-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';
import { useModule } from '../src/testing/index.ts';
import { openReadableDatastore } from './fake-datastore.ts';

const NameDocument = Entity.extend({ name: SingleLineText, owner: z.string() });
type NameDocument = z.infer<typeof NameDocument>;

const { nameTaken } = defineErrors('clubs', {
  nameTaken: { status: 409, title: 'The name is taken.', fix: 'Choose another name.' },
});

const names = defineCollection('names', NameDocument, {
  tenancy: 'tenant',
  indexes: { byName: { fields: ['name'], unique: 'name-taken' } },
});
const clubs = defineCollection('clubs', NameDocument, {
  tenancy: 'tenant',
  indexes: { newest: { fields: ['createdAt', '_id'] } },
});

const Club = z.object({ id: Id, name: z.string(), version: z.int() });
const body = z.object({ name: SingleLineText });

const contract = defineContract('clubs', {
  permissions: { 'clubs:write': { title: 'Change the club', roles: ['owner'] } },
  routes: {
    foundClub: defineRoute({
      method: 'POST',
      path: '/v1/clubs',
      summary: 'Found a club',
      auth: 'identity',
      body,
      responses: { 201: Club },
      errors: [nameTaken],
    }),
    findName: defineRoute({
      method: 'POST',
      path: '/v1/name-searches',
      summary: 'Say whether a name is taken',
      auth: 'public',
      tenant: 'platform',
      body,
      responses: { 200: z.object({ taken: z.boolean() }) },
    }),
    renameClub: defineRoute({
      method: 'POST',
      path: '/v1/club-renamings',
      summary: 'Rename the own club',
      auth: { policy: 'clubs:write' },
      tenant: 'platform',
      idempotency: 'optional',
      body,
      responses: { 200: Club },
      errors: [nameTaken],
    }),
    getClub: defineRoute({
      method: 'GET',
      path: '/v1/club',
      summary: 'Get the own club',
      auth: 'authenticated',
      responses: { 200: z.object({ names: z.array(z.string()) }) },
    }),
  },
});

type Deps = {
  readonly names: Collection<NameDocument, 'insert' | 'find'>;
  readonly clubs: Collection<NameDocument, 'insert' | 'get' | 'update' | 'list'>;
  readonly ids: Ids;
};
type Input = { readonly body: z.infer<typeof body> };

const toClub = ({ _id: id, name, version }: NameDocument) => ({ id, name, version });

const clubsModule = defineModule({
  name: 'clubs',
  contracts: [contract],
  collections: { names, clubs },
  actions: {
    foundClub:
      (deps: Deps) =>
      async ({ body: { name } }: Input, ctx: Ctx) => {
        const owner = ctx.actor.id;
        deps.names.for(ctx).insert({ name, owner });
        return toClub(deps.clubs.for(inTenant(ctx, deps.ids.next())).insert({ name, owner }));
      },
    findName:
      (deps: Deps) =>
      async ({ body: { name } }: Input, ctx: Ctx) => ({
        taken: (await deps.names.for(ctx).find({ name })) !== undefined,
      }),
    renameClub:
      (deps: Deps) =>
      async ({ body: { name } }: Input, ctx: Ctx) => {
        const owner = ctx.actor.id;
        deps.names.for(ctx).insert({ name, owner });
        return toClub(deps.clubs.for(inTenant(ctx, ctx.actor.tenantId)).insert({ name, owner }));
      },
    getClub: (deps: Deps) => async (_input: object, ctx: Ctx) => {
      const { items } = await deps.clubs.for(ctx).list({ where: {}, sort: 'createdAt', limit: 10 });
      return { names: items.map(({ name }) => name) };
    },
  },
});

const service = useModule({ module: clubsModule, openDatastore: openReadableDatastore });

const createIdentity = async (tenantId: string = platformTenantId) => {
  const id = createId();
  return service.host.as({ id, tenantId, roles: ['owner'], identityId: id, sessionId: createId() });
};

const key = () => ({ 'idempotency-key': createId() });
const raw = async (collection: string) => service.datastore.raw('clubs', collection).all();

it('an identity without an organization writes documents of the platform, and of an organization that it creates', async () => {
  const identity = await createIdentity();
  const name = createId();
  expect(await identity.post('/v1/clubs', { name }, key())).toMatchObject({ status: 201 });
  const stored = (await raw('names')).find((document) => document['name'] === name);
  const club = (await raw('clubs')).find((document) => document['name'] === name);
  expect(stored).toMatchObject({ tenantId: platformTenantId });
  expect(club?.['tenantId']).not.toBe(platformTenantId);
  expect(await identity.post('/v1/clubs', { name }, key())).toMatchObject({
    status: 409,
    body: { code: 'name-taken' },
  });
});

it('a repeated request of an identity gets the stored response', async () => {
  const identity = await createIdentity(createId());
  const [sent, headers] = [{ name: createId() }, key()];
  const responses = [await identity.post('/v1/clubs', sent, headers), await identity.post('/v1/clubs', sent, headers)];
  expect(responses.map(({ status }) => status)).toEqual([201, 201]);
  expect(responses[1]?.body).toEqual(responses[0]?.body);
});

it('a public route of the platform reads its documents without a credential', async () => {
  const name = createId();
  const search = () => service.host.anonymous.post('/v1/name-searches', { name });
  expect(await search()).toMatchObject({ status: 200, body: { taken: false } });
  await (await createIdentity()).post('/v1/clubs', { name }, key());
  expect(await search()).toMatchObject({ status: 200, body: { taken: true } });
});

it('a route of the platform with a permission is for the users of an organization', async () => {
  const [tenantId, name] = [createId(), createId()];
  const owner = await service.userWithRole('owner', tenantId);
  expect(await owner.post('/v1/club-renamings', { name })).toMatchObject({ status: 200, body: { name } });
  expect(await owner.get('/v1/club')).toMatchObject({ status: 200, body: { names: [name] } });
  const viewer = await service.userWithRole('viewer', tenantId);
  expect((await viewer.post('/v1/club-renamings', { name })).status).toBe(403);
});

it('integrity: a token without an organization opens no route of one, and a token without an identity none for identities', async () => {
  const identity = await createIdentity();
  const noOrganization = 'The token is of no organization: choose one, and use the token that you get for it.';
  const refused = [await identity.get('/v1/club'), await identity.post('/v1/club-renamings', { name: createId() })];
  for (const response of refused) {
    expect(response).toMatchObject({ status: 403, body: { code: 'forbidden', detail: noOrganization } });
  }
  const user = await service.userWithRole('owner');
  expect(await user.post('/v1/clubs', { name: createId() }, key())).toMatchObject({
    status: 403,
    body: { code: 'forbidden', detail: 'The token has no identity: sign in, and use the token of the session.' },
  });
  expect((await service.host.anonymous.post('/v1/clubs', { name: createId() }, key())).status).toBe(401);
});
