import type { DemoItemsService } from '@plinth/contracts/demo-area';
import { type Collection, type Events, toChange } from '@plinth/data-kit';
import { type DemoItemDocument, toDemoItem } from '@plinth/models/demo-area'; //-parent
import { type DemoItemDocument, type DemoParentDocument, toDemoItem } from '@plinth/models/demo-area'; //+parent
import { demoItemsEvents } from '@plinth/service-contracts/demo-area';

type Deps = {
  demoParents: Collection<DemoParentDocument, 'get'>; //+parent
  demoItems: Collection<DemoItemDocument, 'get' | 'insert' | 'list' | 'remove' | 'update'>;
  events: Events;
};

/** Creates a demo item. The unique index rejects a taken name at commit. */
export const createDemoItem =
  ({ demoItems, events }: Deps): DemoItemsService['createDemoItem'] => //-parent
  async ({ body: { name } }, ctx) => { //-parent
    const demoItem = demoItems.for(ctx).insert({ name }); //-parent
  ({ demoParents, demoItems, events }: Deps): DemoItemsService['createDemoItem'] => //+parent
  async ({ id: demoParentId, body: { name } }, ctx) => { //+parent
    await demoParents.for(ctx).get(demoParentId); //+parent
    const demoItem = demoItems.for(ctx).insert({ demoParentId, name }); //+parent
    events.emit(ctx, demoItemsEvents.demoItemCreated, { demoItemId: demoItem._id });
    return toDemoItem(demoItem);
  };

export const listDemoItems =
  ({ demoItems }: Deps): DemoItemsService['listDemoItems'] => //-parent
  async ({ query: { where, sort, limit, cursor } }, ctx) => //-parent
    demoItems.for(ctx).list({ where, sort, limit, cursor }, toDemoItem); //-parent
  ({ demoParents, demoItems }: Deps): DemoItemsService['listDemoItems'] => //+parent
  async ({ id: demoParentId, query: { where, sort, limit, cursor } }, ctx) => { //+parent
    await demoParents.for(ctx).get(demoParentId); //+parent
    return demoItems.for(ctx).list({ where: { ...where, demoParentId }, sort, limit, cursor }, toDemoItem); //+parent
  }; //+parent

export const getDemoItem =
  ({ demoItems }: Deps): DemoItemsService['getDemoItem'] =>
  async ({ id }, ctx) =>
    toDemoItem(await demoItems.for(ctx).get(id));

/** A patch that changes nothing keeps the version and emits no event. */
export const updateDemoItem =
  ({ demoItems, events }: Deps): DemoItemsService['updateDemoItem'] =>
  async ({ id, version, body: { name } }, ctx) => {
    const demoItem = await demoItems.for(ctx).get(id, { version });
    const change = toChange(demoItem, { name });
    if (!change) return toDemoItem(demoItem);
    const updated = demoItems.for(ctx).update(demoItem, change);
    events.emit(ctx, demoItemsEvents.demoItemUpdated, { demoItemId: id });
    return toDemoItem(updated);
  };

export const deleteDemoItem =
  ({ demoItems, events }: Deps): DemoItemsService['deleteDemoItem'] =>
  async ({ id, version }, ctx) => {
    const demoItem = await demoItems.for(ctx).get(id, { version });
    demoItems.for(ctx).remove(demoItem);
    events.emit(ctx, demoItemsEvents.demoItemDeleted, { demoItemId: id });
  };
