import type { DemoItemsService } from '@plinth/contracts/demo-area';

type CreateDemoItem = Parameters<DemoItemsService['createDemoItem']>[0]['body'];

let createdDemoItems = 0;

/** Creates a valid body of `createDemoItem` with a unique name. */
export const createDemoItemInput = (overrides: Partial<CreateDemoItem> = {}): CreateDemoItem => {
  createdDemoItems += 1;
  return { name: `Name ${createdDemoItems}`, ...overrides };
};
