/** Maps items with a limited number of calls at a time. @returns the results in the order of the items. */
export const mapConcurrently = async <T, R>(
  items: readonly T[],
  map: (item: T) => Promise<R>,
  concurrency: number,
): Promise<R[]> => {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const run = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next[0]] = await map(next[1]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, run));
  return results;
};
