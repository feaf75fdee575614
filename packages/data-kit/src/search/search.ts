import type { UntypedDefinition } from '../collections/define-collection.ts';
import type { Entity, Where } from '../collections/entity.ts';
import { assertLimit } from '../lists/plan.ts';
import { refuse } from '../lists/where.ts';

/** A search for words, in the fields that the definition names in `search`. */
export type SearchQuery<D extends Entity> = {
  /** Up to 200 characters. */
  readonly text: string;
  readonly where?: Where<D>;
  /** 1 to 100. */
  readonly limit: number;
};

/** A search as an adapter receives it. */
export type StoredSearchQuery<D extends Entity> = {
  /** At least one word, of letters, digits and underscores only. */
  readonly words: readonly string[];
  readonly where: Where<D>;
  readonly limit: number;
};

const searchTextMax = 200;

/** @throws for a collection without searched fields, a text of more than 200 characters, and a limit other than 1 to 100. */
export const assertSearch = (
  definition: UntypedDefinition,
  { text, limit }: { readonly text: unknown; readonly limit: number },
): void => {
  if (definition.search.length === 0) refuse(definition, `no field is searched. Add 'search' to its defineCollection.`);
  if (typeof text !== 'string') refuse(definition, 'a search needs a text.');
  if ((text as string).length > searchTextMax) throw new RangeError('A search has at most 200 characters.');
  assertLimit(limit);
};

/**
 * Splits a text into words. Signs that a database may interpret, such as quotes for a phrase or a minus for an exclusion,
 * separate words like any other.
 */
export const toWords = (text: string): string[] => [...(text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [])];
