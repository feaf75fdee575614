import type { z } from 'zod';
import type { Page } from '../collections/entity.ts';

type Unread<T> = Pick<Page<T>, 'nextCursor'> & {
  /** What its items show, as their mapper declares it. */
  readonly fields: object;
  /** Makes its items. */
  readonly items: () => T[];
  /** Writes the page as JSON without making them; nothing where that cannot be done. */
  readonly json: () => string | undefined;
};

/** Where a page keeps what it can be written by. */
const unread = Symbol('unread');

type Written = { readonly fields: object; readonly json: () => string | undefined };
type Readable = { [unread]?: Written | undefined };

/**
 * A page like any other, whose items are made when somebody asks for them. Where nobody does before it is sent, they need
 * not be made at all.
 */
export const unreadPage = <T>({ nextCursor, fields, items, json }: Unread<T>): Page<T> => {
  let made: T[] | undefined;
  const page = {
    get items(): T[] {
      if (made) return made;
      (page as Readable)[unread] = undefined;
      made = items();
      return made;
    },
    nextCursor,
  };
  // Nobody who copies or compares the page comes upon it.
  return Object.defineProperty(page, unread, { value: { fields, json }, writable: true });
};

const namesIn = (fields: object): string => Object.keys(fields).join();

/**
 * Reads pages of `item` as JSON text: of one that nobody has looked into. There is none of any other answer, nor of a page
 * whose items have other fields than `item`, or have them in another order.
 */
export const unreadJsonOf = (item: z.ZodObject): ((answer: unknown) => string | undefined) => {
  const names = namesIn(item.shape);
  let fitting: object | undefined;
  return (answer) => {
    const page = (answer as Readable | null | undefined)?.[unread];
    if (!page) return undefined;
    if (page.fields !== fitting) {
      if (namesIn(page.fields) !== names) return undefined;
      fitting = page.fields;
    }
    return page.json();
  };
};
