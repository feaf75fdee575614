/** Creates counts by key. A key whose count is zero takes no memory. */
export const createCounts = () => {
  const counts = new Map<string, number>();
  const get = (key: string): number => counts.get(key) ?? 0;
  const add = (key: string, change: 1 | -1): void => {
    const count = get(key) + change;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
  };
  return { get, add };
};
