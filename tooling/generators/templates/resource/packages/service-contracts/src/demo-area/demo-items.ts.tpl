import {
  commonErrors, //+parent
  defineContract,
  defineErrors,
  defineEvents,
  definePermissions,
  defineRoute,
  NoContent,
} from '@plinth/contract-kit';
import {
  CreateDemoItem,
  DemoItem,
  DemoItemId,
  DemoItemPage,
  DemoItemParams,
  DemoParentParams, //+parent
  ListDemoItemsQuery,
  UpdateDemoItem,
} from '@plinth/dtos/demo-area';

export const demoItemsPermissions = definePermissions('demo-items', {
  'demo-items:read': { title: 'View demo items', roles: ['owner', 'admin', 'member', 'viewer'] },
  'demo-items:write': { title: 'Create, change and delete demo items', roles: ['owner', 'admin', 'member'] },
});

export const demoItemsErrors = defineErrors('demo-area', {
  demoItemNameTaken: {
    status: 409,
    title: 'A demo item with this name already exists.',
    fix: 'Use another name, or find the demo item with `GET /v1/demo-items?name=…`.', //-parent
    fix: 'Use another name, or find the demo item with `GET /v1/demo-parents/{id}/demo-items?name=…`.', //+parent
  },
  demoParentHasDemoItems: { //+parent
    status: 409, //+parent
    title: 'The demo parent has demo items.', //+parent
    fix: 'Delete its demo items first.', //+parent
  }, //+parent
});

export const demoItemsEvents = defineEvents('demo-area', {
  aggregate: { demoItemId: DemoItemId },
  events: { demoItemCreated: {}, demoItemUpdated: {}, demoItemDeleted: {} },
});

/** Room for every valid body, also where each character is written as an escape sequence. */
const bodyBytesMax = 8 * 1024;

const read = { policy: 'demo-items:read' } as const;
const write = { policy: 'demo-items:write' } as const;
const demoItem = { params: DemoItemParams, responses: { 200: DemoItem } } as const;

export const demoItemsContract = defineContract('demo-items', {
  permissions: demoItemsPermissions,
  routes: {
    createDemoItem: defineRoute({
      method: 'POST',
      path: '/v1/demo-items', //-parent
      path: '/v1/demo-parents/:id/demo-items', //+parent
      params: DemoParentParams, //+parent
      summary: 'Create a demo item',
      description: 'Names are unique in an organization.', //-parent
      description: 'Names are unique in a demo parent.', //+parent
      auth: write,
      idempotency: 'optional',
      body: CreateDemoItem,
      bodyBytesMax,
      responses: { 201: DemoItem },
      errors: [demoItemsErrors.demoItemNameTaken], //-parent
      errors: [demoItemsErrors.demoItemNameTaken, commonErrors.notFound], //+parent
    }),
    listDemoItems: defineRoute({
      method: 'GET',
      path: '/v1/demo-items', //-parent
      path: '/v1/demo-parents/:id/demo-items', //+parent
      params: DemoParentParams, //+parent
      summary: 'List demo items', //-parent
      summary: 'List the demo items of a demo parent', //+parent
      description: 'Deleted demo items are not included.',
      auth: read,
      query: ListDemoItemsQuery,
      responses: { 200: DemoItemPage },
    }),
    getDemoItem: defineRoute({
      method: 'GET',
      path: '/v1/demo-items/:id',
      summary: 'Get a demo item',
      description: 'A deleted demo item is not found.',
      auth: read,
      ...demoItem,
    }),
    updateDemoItem: defineRoute({
      method: 'PATCH',
      path: '/v1/demo-items/:id',
      summary: 'Update a demo item',
      description: 'A patch that changes nothing keeps the version.',
      auth: write,
      ...demoItem,
      body: UpdateDemoItem,
      bodyBytesMax,
      errors: [demoItemsErrors.demoItemNameTaken],
    }),
    deleteDemoItem: defineRoute({
      method: 'DELETE',
      path: '/v1/demo-items/:id',
      summary: 'Delete a demo item',
      description: 'The demo item no longer exists, and its name is free again.',
      auth: write,
      params: DemoItemParams,
      responses: { 204: NoContent },
    }),
  },
});
