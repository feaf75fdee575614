/** One choice of an `Accept` or `Accept-Encoding` header, in lower case, and how much it is wanted: 0 is not at all. */
export type Weighted = { readonly name: string; readonly quality: number };

/** The choices of a header, in their order. */
export const weightedIn = (header: string): Weighted[] =>
  header.split(',').map((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { name, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
