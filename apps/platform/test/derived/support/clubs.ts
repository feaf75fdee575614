import {
  commonErrors,
  defineContract,
  defineErrors,
  defineListQuery,
  definePage,
  definePermissions,
  defineRoute,
  type ExpectedVersions,
  Id,
  IsoDate,
  NoContent,
  resourceExample,
  resourceFields,
  SingleLineText,
  withRule,
} from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  defineCollection,
  defineMapper,
  Entity,
  entityFields,
  toChange,
} from '@plinth/data-kit';
import { defineModule, type Module } from '@plinth/service-kit';
import { z } from 'zod';

/** A small domain with nested routes, arrays of references and a rule over two fields. No host of the product serves it. */
const clubsErrors = defineErrors('clubs', {
  nameTaken: { status: 409, title: 'A club with this name already exists.', fix: 'Use another name.' },
  clubMissing: { status: 409, title: 'A guest is not a club.', fix: 'Name existing clubs.' },
  secretFailure: { status: 409, title: 'No route declares this.', fix: 'Declare it.' },
});
const clubsPermissions = definePermissions('clubs', {
  'clubs:read': { title: 'View clubs', roles: ['owner', 'member', 'viewer'] },
  'clubs:write': { title: 'Change clubs', roles: ['owner', 'member'] },
});

const { id, version, createdAt, updatedAt } = resourceExample;
const name = SingleLineText.min(1).max(40);
const tags = z.array(SingleLineText.min(1).max(20)).max(5);
const times = { startsAt: IsoDate, endsAt: IsoDate };
const isInOrder = {
  field: 'endsAt',
  code: 'ends-before-start',
  message: 'must be after startsAt',
  holds: ({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }) => endsAt > startsAt,
  repair: ({ startsAt }: { startsAt: Date }) => ({ endsAt: new Date(startsAt.getTime() + 1) }),
} as const;

const clubInput = { name: 'Chess', tags: ['quiet'] };
const CreateClub = z.object({ name, tags }).meta({ id: 'CreateClub', examples: [clubInput] });
const Club = z
  .object({ id: Id, ...resourceFields, name, tags })
  .meta({ id: 'Club', examples: [{ id, version, createdAt, updatedAt, ...clubInput }] });
type Club = z.infer<typeof Club>;
const ListClubs = defineListQuery({
  item: Club,
  filters: {},
  ranges: { createdAt: IsoDate },
  combinations: [{ sort: ['-createdAt'] }],
});

const sessionTimes = { startsAt: '2026-01-31T09:00:00.000Z', endsAt: '2026-01-31T10:00:00.000Z' };
const sessionInput = { ...sessionTimes, guests: [{ clubId: id }] };
const PlanSession = withRule(z.object({ ...times, guests: z.array(z.object({ clubId: Id })).max(4) }), isInOrder).meta({
  id: 'PlanSession',
  examples: [sessionInput],
});
const MoveSession = withRule(z.object(times), isInOrder).meta({ id: 'MoveSession', examples: [sessionTimes] });
const Session = z
  .object({
    id: Id,
    ...resourceFields,
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    guests: z.array(z.object({ clubId: Id })),
  })
  .meta({ id: 'Session', examples: [{ id, version, createdAt, updatedAt, ...sessionInput }] });
type Session = z.infer<typeof Session>;

const clubs = defineCollection('clubs', Entity.extend({ name, tags }), {
  tenancy: 'tenant',
  indexes: { newest: { fields: ['createdAt', '_id'] }, byName: { fields: ['name'], unique: 'name-taken' } },
});
type ClubDocument = Entity & { name: string; tags: string[] };
const SessionDocument = Entity.extend({
  clubId: Id,
  startsAt: z.date(),
  endsAt: z.date(),
  guests: z.array(z.object({ clubId: Id })),
});
type SessionDocument = z.infer<typeof SessionDocument>;
const sessions = defineCollection('sessions', SessionDocument, {
  tenancy: 'tenant',
  indexes: { ofClub: { fields: ['clubId', 'createdAt', '_id'] } },
});

const toClub = defineMapper<ClubDocument, Club>({ ...entityFields, name: 'name', tags: 'tags' });
const toSession = defineMapper<SessionDocument, Session>({
  ...entityFields,
  startsAt: ({ startsAt }) => startsAt.toISOString(),
  endsAt: ({ endsAt }) => endsAt.toISOString(),
  guests: 'guests',
});

const read = { auth: { policy: 'clubs:read' } } as const;
const write = { auth: { policy: 'clubs:write' } } as const;
const club = { path: '/v1/clubs/:id', params: z.object({ id: Id }) } as const;
const session = {
  path: '/v1/clubs/:id/sessions/:sessionId',
  params: z.object({ id: Id, sessionId: Id }),
} as const;

export const clubsContract = defineContract('clubs', {
  permissions: clubsPermissions,
  routes: {
    createClub: defineRoute({
      ...write,
      method: 'POST',
      path: '/v1/clubs',
      summary: 'Create a club',
      idempotency: 'optional',
      body: CreateClub,
      responses: { 201: Club },
      errors: [clubsErrors.nameTaken],
    }),
    listClubs: defineRoute({
      ...read,
      method: 'GET',
      path: '/v1/clubs',
      summary: 'List clubs',
      query: ListClubs,
      responses: { 200: definePage(Club) },
    }),
    getClub: defineRoute({ ...read, ...club, method: 'GET', summary: 'Get a club', responses: { 200: Club } }),
    planSession: defineRoute({
      ...write,
      method: 'POST',
      path: '/v1/clubs/:id/sessions',
      params: z.object({ id: Id }),
      summary: 'Plan a session',
      body: PlanSession,
      responses: { 201: Session },
      errors: [clubsErrors.clubMissing],
    }),
    getSession: defineRoute({
      ...read,
      ...session,
      method: 'GET',
      summary: 'Get a session',
      responses: { 200: Session },
    }),
    moveSession: defineRoute({
      ...write,
      ...session,
      method: 'PUT',
      summary: 'Move a session',
      body: MoveSession,
      responses: { 200: Session },
    }),
    cancelSession: defineRoute({
      ...write,
      ...session,
      method: 'DELETE',
      summary: 'Cancel a session',
      responses: { 204: NoContent },
    }),
  },
});

/** The faults that derived tests must find. */
export type Fault = 'undeclared-error' | 'crash' | 'changed-value' | 'shared-cache' | 'query-for-each' | 'unreachable';

type Deps = {
  clubs: Collection<ClubDocument, 'insert' | 'get' | 'getMany' | 'find' | 'list'>;
  sessions: Collection<SessionDocument, 'insert' | 'get' | 'update' | 'remove'>;
};
type SessionInput = { readonly id: string; readonly sessionId: string; readonly version?: ExpectedVersions };
type ClubBody = { readonly body: z.output<typeof CreateClub> };
type PlanInput = { readonly id: string; readonly body: z.output<typeof PlanSession> };

/** Creates the module, with one of the faults. */
export const createClubsModule = (fault?: Fault): Module => {
  const cache = new Map<string, Club>();
  const getSession = async ({ sessions: all }: Deps, { id: clubId, sessionId, version }: SessionInput, ctx: Ctx) => {
    const found = await all.for(ctx).get(sessionId, version && { version });
    if (found.clubId !== clubId) throw commonErrors.notFound();
    return found;
  };
  const countClubs = async ({ clubs: all }: Deps, ids: readonly string[], ctx: Ctx): Promise<number> => {
    if (fault !== 'query-for-each') return (await all.for(ctx).getMany(ids)).length;
    let count = 0;
    for (const clubId of ids) count += (await all.for(ctx).find({ _id: clubId })) ? 1 : 0;
    return count;
  };
  return defineModule({
    name: 'clubs',
    contracts: [clubsContract],
    collections: { clubs, sessions },
    actions: {
      createClub:
        ({ clubs: all }: Deps) =>
        async ({ body }: ClubBody, ctx: Ctx) => {
          if (fault === 'undeclared-error' && body.name !== clubInput.name) throw clubsErrors.secretFailure();
          if (fault === 'crash' && body.name !== clubInput.name) throw new Error('another name');
          const sent = fault === 'changed-value' ? { ...body, name: body.name.toLowerCase() } : body;
          return toClub(all.for(ctx).insert(sent));
        },
      listClubs:
        ({ clubs: all }: Deps) =>
        async ({ query: { where, sort, limit, cursor } }: { query: z.output<typeof ListClubs> }, ctx: Ctx) =>
          all.for(ctx).list({ where, sort, limit, cursor }, toClub),
      getClub:
        ({ clubs: all }: Deps) =>
        async (input: { readonly id: string }, ctx: Ctx) => {
          const found = cache.get(input.id) ?? toClub(await all.for(ctx).get(input.id));
          if (fault === 'shared-cache') cache.set(input.id, found);
          return found;
        },
      planSession:
        (deps: Deps) =>
        async ({ id: clubId, body }: PlanInput, ctx: Ctx) => {
          await deps.clubs.for(ctx).get(clubId);
          const ids = [...new Set(body.guests.map((guest) => guest.clubId))];
          if ((await countClubs(deps, ids, ctx)) < ids.length) throw clubsErrors.clubMissing();
          return toSession(deps.sessions.for(ctx).insert({ clubId, ...body }));
        },
      getSession: (deps: Deps) => async (input: SessionInput, ctx: Ctx) =>
        toSession(await getSession(deps, input, ctx)),
      moveSession:
        (deps: Deps) => async (input: SessionInput & { readonly body: z.output<typeof MoveSession> }, ctx: Ctx) => {
          const found = await getSession(deps, input, ctx);
          const change = toChange(found, input.body);
          return toSession(change ? deps.sessions.for(ctx).update(found, change) : found);
        },
      cancelSession: (deps: Deps) => async (input: SessionInput, ctx: Ctx) => {
        const found = await getSession(deps, input, ctx);
        if (fault === 'unreachable') throw commonErrors.notFound();
        deps.sessions.for(ctx).remove(found);
      },
    },
  });
};
