import type { z } from 'zod';
import type { Page } from './entity.ts';
import type { Mapper } from './mapper.ts';

type Unread<T> = Pick<Page<T>, 'nextCursor'> & {
  /** What its items were to be made by. */
  readonly by: Mapper<never, T>;
  /** Makes its items. */
  readonly items: () => T[];
  /** Writes the page as JSON without making them; nothing where that cannot be done. */
  readonly json: () => string | undefined;
};

const namesIn = (fields: object): string => Object.keys(fields).join();

/** The pages whose items nobody has asked for. */
const unread = new WeakMap<object, { readonly names: string; readonly json: () => string | undefined }>();

/**
 * A page like any other, whose items are made when somebody asks for them. Where nobody does before it is sent, they need
 * not be made at all.
 */
export const unreadPage = <T>({ nextCursor, by, items, json }: Unread<T>): Page<T> => {
  let made: T[] | undefined;
  const page = {
    get items(): T[] {
      unread.delete(page);
      made ??= items();
      return made;
    },
    nextCursor,
  };
  unread.set(page, { names: namesIn(by.fields), json });
  return page;
};

/**
 * Reads pages of `item` as JSON text: of one that nobody has looked into. There is none of any other answer, nor of a page
 * whose items have other fields than `item`, or have them in another order.
 */
export const unreadJsonOf = (item: z.ZodObject): ((answer: unknown) => string | undefined) => {
  const names = namesIn(item.shape);
  return (answer) => {
    const page = typeof answer === 'object' && answer !== null ? unread.get(answer) : undefined;
    return page?.names === names ? page.json() : undefined;
  };
};
