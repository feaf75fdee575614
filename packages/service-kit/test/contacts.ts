import { builtInRoles, defineContract, definePermissions, defineRoute, Id } from '@plinth/contract-kit';
import { type Collection, type Ctx, defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';

/** A domain with two versions of one resource: version 1 has a name in one field, version 2 in two. */
const ContactDocument = Entity.extend({ firstName: z.string(), lastName: z.string() });
type ContactDocument = z.infer<typeof ContactDocument>;

const common = { id: Id, version: z.int() } as const;
const example = { id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', version: 1 };

export const Contact = z
  .object({ ...common, name: z.string() })
  .meta({ id: 'Contact', examples: [{ ...example, name: 'Ada Lovelace' }] });
export const ContactV2 = z
  .object({ ...common, firstName: z.string(), lastName: z.string() })
  .meta({ id: 'ContactV2', examples: [{ ...example, firstName: 'Ada', lastName: 'Lovelace' }] });
type ContactV2 = z.infer<typeof ContactV2>;

const CreateContact = z.object({ name: z.string().min(1) }).meta({ id: 'CreateContact' });
const CreateContactV2 = z
  .object({ firstName: z.string(), lastName: z.string().min(1) })
  .meta({ id: 'CreateContactV2' });

const permissions = definePermissions('contacts', {
  'contacts:use': { title: 'Use contacts', roles: [...builtInRoles] },
});
const auth = { policy: 'contacts:use' } as const;
const params = z.object({ id: Id });

const deprecated = { since: '2026-01-01', sunset: '2027-01-01' } as const;

export const contactsContract = defineContract('contacts', {
  permissions,
  routes: {
    createContact: defineRoute({
      method: 'POST',
      path: '/v1/contacts',
      summary: 'Create a contact',
      auth,
      idempotency: 'optional',
      body: CreateContact,
      responses: { 201: Contact },
      deprecated: { ...deprecated, replacedBy: 'createContactV2' },
    }),
    getContact: defineRoute({
      method: 'GET',
      path: '/v1/contacts/:id',
      summary: 'Get a contact',
      auth,
      params,
      responses: { 200: Contact },
      deprecated: { ...deprecated, replacedBy: 'getContactV2' },
    }),
  },
});

export const contactsV2Contract = defineContract('contacts-v2', {
  permissions,
  routes: {
    createContactV2: defineRoute({
      method: 'POST',
      path: '/v2/contacts',
      summary: 'Create a contact',
      auth,
      idempotency: 'optional',
      body: CreateContactV2,
      responses: { 201: ContactV2 },
    }),
    getContactV2: defineRoute({
      method: 'GET',
      path: '/v2/contacts/:id',
      summary: 'Get a contact',
      auth,
      params,
      responses: { 200: ContactV2 },
    }),
  },
});

const contacts = defineCollection('contacts', ContactDocument, { tenancy: 'tenant', indexes: {} });

type Deps = { readonly contacts: Collection<ContactDocument, 'insert' | 'get'> };
type CreateInput = { readonly body: z.output<typeof CreateContactV2> };
type ItemInput = { readonly id: string };

const toContactV2 = ({ _id: id, version, firstName, lastName }: ContactDocument): ContactV2 => ({
  id,
  version,
  firstName,
  lastName,
});

const createContactV2 =
  (deps: Deps) =>
  async ({ body }: CreateInput, ctx: Ctx): Promise<ContactV2> =>
    toContactV2(deps.contacts.for(ctx).insert(body));

const getContactV2 =
  (deps: Deps) =>
  async ({ id }: ItemInput, ctx: Ctx): Promise<ContactV2> =>
    toContactV2(await deps.contacts.for(ctx).get(id));

// Version 1 converts its input to that of version 2, and the result back. It has no logic of its own.
const toContact = ({ firstName, lastName, ...rest }: ContactV2): z.infer<typeof Contact> => ({
  ...rest,
  name: `${firstName} ${lastName}`.trim(),
});

const fromCreateContact = ({ name }: z.output<typeof CreateContact>): CreateInput['body'] => {
  const words = name.split(' ');
  const lastName = words.pop() ?? '';
  return { firstName: words.join(' '), lastName };
};

export const contactsModule = defineModule({
  name: 'contacts',
  contracts: [contactsV2Contract, contactsContract],
  collections: { contacts },
  // Every user has every role, so that the roles of a token decide.
  userAccess: { changedBy: [], find: () => async () => ({ status: 'active', roles: builtInRoles }) },
  actions: {
    createContactV2,
    getContactV2,
    createContact:
      (deps: Deps) =>
      async ({ body }: { readonly body: z.output<typeof CreateContact> }, ctx: Ctx) =>
        toContact(await createContactV2(deps)({ body: fromCreateContact(body) }, ctx)),
    getContact: (deps: Deps) => async (input: ItemInput, ctx: Ctx) => toContact(await getContactV2(deps)(input, ctx)),
  },
});
