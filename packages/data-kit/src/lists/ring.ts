/** A place in a ring. */
export type Link<T> = { readonly value: T; isIn: boolean; before: Link<T>; after: Link<T> };

/** Values in the order in which they were added. */
export type Ring<T> = Iterable<T> & {
  /** @returns what the value is removed by. */
  add(value: T): Link<T>;
  /** A link that has been removed is left as it is. */
  remove(link: Link<T>): void;
};

/**
 * Makes a ring: a set for values of which each is there for a moment, as requests are. Few are there at a time, and then a
 * `Set` would shrink and grow with each of them, which costs more than the request's own part of the pipeline.
 * Values that are removed or added while somebody goes through it are passed over or met.
 */
export const createRing = <T>(): Ring<T> => {
  const end = { isIn: true } as Link<T>;
  end.before = end;
  end.after = end;
  return {
    add: (value) => {
      const link: Link<T> = { value, isIn: true, before: end.before, after: end };
      end.before.after = link;
      end.before = link;
      return link;
    },
    remove: (link) => {
      if (!link.isIn) return;
      link.isIn = false;
      link.before.after = link.after;
      link.after.before = link.before;
    },
    *[Symbol.iterator]() {
      // What has been removed meanwhile still knows what came after it.
      for (let link = end.after; link !== end; link = link.after) if (link.isIn) yield link.value;
    },
  };
};
