/** The routes of one generated resource. */
export const routesPerResource = 10;

const changes = ['archive', 'restore', 'publish', 'approve', 'reject'];

const toRoute = (name: string, thing: string): string => `
    ${name}${thing}: defineRoute({
      method: 'POST', path: '/v1/${thing}s/:id/${name}', summary: 'Change it', auth: write, idempotency: 'optional', params,
      body: z.object({ reason: z.string().max(200) }), responses: { 200: ${thing} }, errors: [errors.taken, errors.tooMany],
    }),`;

const toAction = (name: string, thing: string): string => `
const ${name}${thing} = ({ ${thing}s }: Deps<'get' | 'update'>): Service['${name}${thing}'] => async ({ id, body: { reason } }, ctx) =>
  to${thing}(${thing}s.for(ctx).update(await ${thing}s.for(ctx).get(id), { $set: { note: reason } }, errors.tooMany({ max: 1 })));`;

const toActionNames = (thing: string): string[] => [
  ...['create', 'get', 'update', 'remove', ...changes].map((name) => `${name}${thing}`),
  `list${thing}s`,
];

/** Writes a resource as a domain has it: DTO, document, collection, mapper, a contract of ten routes, and an action for each. */
export const toResource = (thing: string): string => `
import { defineContract, defineErrors, defineListQuery, definePage, definePermissions, defineRoute, Id, IsoDate, NoContent, resourceFields, toMergePatch } from '@plinth/contract-kit';
import { type Collection, defineCollection, defineMapper, Entity, entityFields, type ServiceOf, toPatchChange } from '@plinth/data-kit';
import { z } from 'zod';

const kinds = ['${thing}', 'b', 'c'] as const;
const fields = { name: z.string().min(1).max(200), note: z.string().max(500).optional(), amount: z.int().min(0), kind: z.enum(kinds), tags: z.array(z.string()).max(10) };
const ${thing} = z.object({ id: Id, ...resourceFields, ...fields }).meta({ id: '${thing}' });
type ${thing} = z.infer<typeof ${thing}>;
const Create = z.object(fields);
const Update = toMergePatch(Create);
const ${thing}Document = Entity.extend(fields);
type ${thing}Document = z.infer<typeof ${thing}Document>;

export const ${thing}s = defineCollection('${thing}s', ${thing}Document, {
  tenancy: 'tenant',
  indexes: { newest: { fields: ['createdAt', '_id'] }, ofKind: { fields: ['kind', 'createdAt', '_id'] }, byName: { fields: ['name'], unique: 'taken' } },
});
const to${thing} = defineMapper<${thing}Document, ${thing}>({ ...entityFields, name: 'name', note: 'note', amount: 'amount', kind: 'kind', tags: 'tags' });

const errors = defineErrors('${thing}s', {
  taken: { status: 409, title: 'The name is taken.', fix: 'Choose another one.' },
  tooMany: { status: 422, title: 'Too many.', fix: 'Remove some.', data: z.object({ max: z.int() }) },
});
const permissions = definePermissions('${thing}s', {
  '${thing}s:read': { title: 'View them', roles: ['owner', 'member', 'viewer'] },
  '${thing}s:write': { title: 'Change them', roles: ['owner', 'member'] },
});
const read = { policy: '${thing}s:read' } as const;
const write = { policy: '${thing}s:write' } as const;
const params = z.object({ id: Id });

export const contract = defineContract('${thing}s', {
  permissions,
  routes: {
    create${thing}: defineRoute({ method: 'POST', path: '/v1/${thing}s', summary: 'Create it', auth: write, body: Create, responses: { 201: ${thing} }, errors: [errors.taken] }),
    list${thing}s: defineRoute({
      method: 'GET', path: '/v1/${thing}s', summary: 'List them', auth: read, responses: { 200: definePage(${thing}) },
      query: defineListQuery({
        item: ${thing}, filters: { kind: z.enum(kinds) }, ranges: { createdAt: IsoDate },
        combinations: [{ sort: ['-createdAt', 'createdAt'] }, { where: ['kind'], in: 'kind', sort: ['-createdAt'] }],
      }),
    }),
    get${thing}: defineRoute({ method: 'GET', path: '/v1/${thing}s/:id', summary: 'Get it', auth: read, params, responses: { 200: ${thing} } }),
    update${thing}: defineRoute({ method: 'PATCH', path: '/v1/${thing}s/:id', summary: 'Update it', auth: write, params, body: Update, responses: { 200: ${thing} } }),
    remove${thing}: defineRoute({ method: 'DELETE', path: '/v1/${thing}s/:id', summary: 'Remove it', auth: write, params, responses: { 204: NoContent } }),${changes.map((name) => toRoute(name, thing)).join('')}
  },
});

type Service = ServiceOf<typeof contract>;
type Deps<K extends 'get' | 'insert' | 'list' | 'update' | 'remove'> = { readonly ${thing}s: Collection<${thing}Document, K> };

const create${thing} = ({ ${thing}s }: Deps<'insert'>): Service['create${thing}'] => async ({ body }, ctx) => to${thing}(${thing}s.for(ctx).insert(body));
const list${thing}s = ({ ${thing}s }: Deps<'list'>): Service['list${thing}s'] => async ({ query: { where, sort, limit, cursor } }, ctx) => ${thing}s.for(ctx).list({ where, sort, limit, cursor }, to${thing});
const get${thing} = ({ ${thing}s }: Deps<'get'>): Service['get${thing}'] => async ({ id }, ctx) => to${thing}(await ${thing}s.for(ctx).get(id));
const update${thing} = ({ ${thing}s }: Deps<'get' | 'update'>): Service['update${thing}'] => async ({ id, body, version }, ctx) => {
  const document = await ${thing}s.for(ctx).get(id, { version });
  const change = toPatchChange(Update, document, body);
  return to${thing}(change ? ${thing}s.for(ctx).update(document, change) : document);
};
const remove${thing} = ({ ${thing}s }: Deps<'get' | 'remove'>): Service['remove${thing}'] => async ({ id, version }, ctx) => ${thing}s.for(ctx).remove(await ${thing}s.for(ctx).get(id, { version }));
${changes.map((name) => toAction(name, thing)).join('')}
export const actions = { ${toActionNames(thing).join(', ')} };
`;

/** Writes the module of resources, each in a file of its name. */
export const toModule = (things: readonly string[]): string => `
import { defineModule } from '@plinth/service-kit';
${things.map((thing) => `import * as ${thing} from './${thing}.ts';`).join('\n')}

export const module = defineModule({
  name: 'generated',
  contracts: [${things.map((thing) => `${thing}.contract`).join(', ')}],
  collections: { ${things.map((thing) => `${thing}s: ${thing}.${thing}s`).join(', ')} },
  actions: { ${things.map((thing) => `...${thing}.actions`).join(', ')} },
});
`;
