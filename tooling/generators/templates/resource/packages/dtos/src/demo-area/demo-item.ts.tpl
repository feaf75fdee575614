import {
  defineListQuery,
  definePage,
  Id,
  IsoDate,
  resourceExample,
  resourceFields,
  SingleLineText,
  toMergePatch,
} from '@plinth/contract-kit';
import { z } from 'zod';
import { DemoParentId } from './demo-parent.ts'; //+parent

export const DemoItemId = Id.meta({ id: 'DemoItemId', description: 'The id of a demo item.' });

export const DemoItemName = SingleLineText.max(200).meta({ id: 'DemoItemName', description: 'A single line of text.' });

export const DemoItem = z
  .object({ id: DemoItemId, ...resourceFields, name: DemoItemName }) //-parent
  .meta({ id: 'DemoItem', examples: [{ ...resourceExample, name: 'The first demo item' }] }); //-parent
  .object({ id: DemoItemId, ...resourceFields, demoParentId: DemoParentId, name: DemoItemName }) //+parent
  .meta({ //+parent
    id: 'DemoItem', //+parent
    examples: [{ ...resourceExample, demoParentId: resourceExample.id, name: 'The first demo item' }], //+parent
  }); //+parent
export type DemoItem = z.infer<typeof DemoItem>;

export const DemoItemPage = definePage(DemoItem);

export const DemoItemParams = z.object({ id: DemoItemId });

export const CreateDemoItem = z
  .object({ name: DemoItemName })
  .meta({ id: 'CreateDemoItem', examples: [{ name: 'The first demo item' }] });

export const UpdateDemoItem = toMergePatch(z.object({ name: DemoItemName })).meta({
  id: 'UpdateDemoItem',
  examples: [{ name: 'Another name' }],
});

/** Each combination needs an index of the collection: a list that no index serves throws, and names the index to add. */
export const ListDemoItemsQuery = defineListQuery({
  item: DemoItem,
  filters: { name: DemoItemName },
  ranges: { createdAt: IsoDate },
  combinations: [{ sort: ['-createdAt', 'createdAt'] }, { where: ['name'], sort: ['-createdAt'] }],
});
