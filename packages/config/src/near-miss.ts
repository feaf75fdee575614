const distance = (left: string, right: string): number => {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [row, letter] of left.split('').entries()) {
    const current = [row + 1];
    for (const [column, other] of right.split('').entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
};

/** The name that was probably meant for `name`: at most two letters away, among `candidates`. */
export const nearMiss = (name: string, candidates: readonly string[]): string | undefined =>
  // Two letters make another word of a short name: PORT is near to POST and PATH.
  name.length < 6
    ? undefined
    : candidates.find((other) => Math.abs(other.length - name.length) <= 2 && distance(other, name) <= 2);
