const given = process.env['PLINTH_SEED'];

/** The seed that `PLINTH_SEED` names. */
export const readSeed = (text: string): number => {
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new TypeError(`PLINTH_SEED is '${text}', which is not an integer.`);
  return seed | 0;
};

/** What every random value of this test file follows from. */
export const seed: number = given ? readSeed(given) : (Math.random() * 2 ** 31) | 0;

// Said at import, so that a run that crashes or hangs has said it too.
console.info(`seed ${seed} (PLINTH_SEED=${seed} repeats it)`);

/** A stream of 32-bit integers, the same for the same seed (splitmix32). */
export const createRandom = (from: number): (() => number) => {
  let state = from | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
};

/** The stream of this test file. */
export const random: () => number = createRandom(seed);

/** Bytes of a stream. */
export const randomBytesOf = (next: () => number, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => next() & 0xff);
