/** Compile-time checks of filters and sorts: each line below `@ts-expect-error` must not compile. */
import type { ThingDocument } from '../../test/things.ts';
import type { Sort, Where } from './entity.ts';

export const valid: Where<ThingDocument>[] = [
  { tags: 'red', name: 'Lamp', rank: { $gte: 1 } },
  { tags: { $in: ['red', 'blue'] }, group: { $in: ['light'] } },
];

// @ts-expect-error -- an array has no bounds
export const bounds: Where<ThingDocument> = { tags: { $gt: 'a' } };

// @ts-expect-error -- a filter takes an element
export const wholeArray: Where<ThingDocument> = { tags: ['red'] };

// @ts-expect-error -- the elements are texts
export const otherElement: Where<ThingDocument> = { tags: 1 };

// @ts-expect-error -- a list is not sorted by an array
export const sort: Sort<ThingDocument> = '-tags';
