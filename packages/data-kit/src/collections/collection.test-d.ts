/** Compile-time checks of the collection port: each line below `@ts-expect-error` must not compile. */
import type { ApiError } from '@plinth/contract-kit';
import { z } from 'zod';
import type { ThingDocument } from '../../test/things.ts';
import type { TenantCollection } from './collection.ts';
import type { Change, Entity } from './entity.ts';
import { toPatchChange } from './patch-change.ts';

declare const things: TenantCollection<ThingDocument>;
declare const thing: ThingDocument;
declare const conflictError: ApiError;

things.require(thing);
things.require(thing, conflictError);
things.require({ _id: 'a', rank: { $gte: 1 } }, conflictError);
// @ts-expect-error -- a condition has no version that was read, so its error has no default
things.require({ _id: 'a' });
// @ts-expect-error -- the tenant comes from the context
things.require({ _id: 'a', tenantId: 'b' }, conflictError);
// @ts-expect-error -- a list is not comparable
things.require({ tags: ['a'] }, conflictError);

type Order = Entity & {
  tags: string[];
  seenAt?: Date[];
  lines: { sku: string; size?: number; price: { amount: number } }[];
};
export const changes: Change<Order>[] = [
  { $addToSet: { tags: 'a', seenAt: new Date(0) } },
  { $pull: { tags: 'a', seenAt: new Date(0), lines: { sku: 'a', size: 1 } } },
  // @ts-expect-error -- $addToSet compares scalar values only
  { $addToSet: { lines: { sku: 'a', price: { amount: 1 } } } },
  // @ts-expect-error -- an item of another type
  { $addToSet: { tags: 1 } },
  // @ts-expect-error -- one item, not several
  { $pull: { tags: ['a'] } },
  // @ts-expect-error -- $pull compares scalar fields only
  { $pull: { lines: { price: { amount: 1 } } } },
  // @ts-expect-error -- a line has no such field
  { $pull: { lines: { colour: 'red' } } },
  // @ts-expect-error -- not an array
  { $pull: { version: 1 } },
  // @ts-expect-error -- an operator outside the vocabulary
  { $pop: { tags: 1 } },
];

const ThingInput = z.object({ name: z.string(), note: z.string().optional() });
export const patched: Change<ThingDocument> | undefined = toPatchChange(ThingInput, thing, { name: 'a', note: null });
// @ts-expect-error -- a required field is not removed
toPatchChange(ThingInput, thing, { name: null });
// @ts-expect-error -- the schema has no such field
toPatchChange(ThingInput, thing, { rank: 1 });
// @ts-expect-error -- the field of the document has another type
toPatchChange(z.object({ rank: z.string() }), thing, {});
