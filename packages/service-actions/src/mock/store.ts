export type Resource = Readonly<Record<string, unknown>> & { readonly id: string };

/** The resources of a mock, by the path of their collection: `/v1/users`. */
export const createStore = () => {
  const collections = new Map<string, Map<string, Resource>>();
  const open = (path: string): Map<string, Resource> => {
    const collection = collections.get(path) ?? new Map<string, Resource>();
    collections.set(path, collection);
    return collection;
  };
  return {
    list: (path: string): readonly Resource[] => [...open(path).values()],
    find: (path: string, id: string): Resource | undefined => open(path).get(id.toLowerCase()),
    put: (path: string, resource: Resource): void => void open(path).set(resource.id, resource),
    remove: (path: string, id: string): void => {
      const resource = open(path).get(id);
      open(path).delete(id);
      if (resource) open(`${path} removed`).set(id, resource);
    },
    findRemoved: (path: string, id: string): Resource | undefined => open(`${path} removed`).get(id.toLowerCase()),
    clear: (): void => collections.clear(),
  };
};

export type Store = ReturnType<typeof createStore>;

const toHex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0').slice(-digits);

/** Returns a new UUIDv7. */
export const createId = (): string => {
  const [first = 0, second = 0, third = 0] = crypto.getRandomValues(new Uint32Array(3));
  const time = toHex(Date.now(), 12);
  const variant = toHex(0x8000 | (second & 0x3fff), 4);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${toHex(first, 3)}-${variant}-${toHex(second, 4)}${toHex(third, 8)}`;
};
