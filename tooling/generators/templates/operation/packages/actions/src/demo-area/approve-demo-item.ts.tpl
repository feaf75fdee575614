import { commonErrors } from '@plinth/contract-kit';
import type { DemoItemsService } from '@plinth/contracts/demo-area';
import type { Collection } from '@plinth/data-kit';
import { type DemoItemDocument, toDemoItem } from '@plinth/models/demo-area';

type Deps = { demoItems: Collection<DemoItemDocument, 'get' | 'update'> };

export const approveDemoItem =
  ({ demoItems }: Deps): DemoItemsService['approveDemoItem'] =>
  async ({ id }, ctx) => {
    const demoItem = await demoItems.for(ctx).get(id);
    return toDemoItem(demoItems.for(ctx).update(demoItem, { $set: {} }, commonErrors.conflict()));
  };
