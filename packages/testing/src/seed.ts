const seedText = process.env['PLINTH_SEED'];

/** Parses the value of `PLINTH_SEED`. */
export const readSeed = (text: string): number => {
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new TypeError(`PLINTH_SEED is '${text}', which is not an integer.`);
  return seed | 0;
};

let seed: number | undefined;

/** Returns the seed of every random value in this test file. */
export const getSeed = (): number => {
  if (seed === undefined) {
    seed = seedText ? readSeed(seedText) : (Math.random() * 2 ** 31) | 0;
    // Printed before its first use, so that a run that crashes or hangs has printed it too.
    console.info(`seed ${seed} (PLINTH_SEED=${seed} repeats it)`);
  }
  return seed;
};

/** Creates a stream of 32-bit integers, the same for the same seed (splitmix32). */
export const createRandom = (from: number): (() => number) => {
  let state = from | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
};

let stream: (() => number) | undefined;

/** Returns the next integer of the random stream of this test file. */
export const random = (): number => {
  stream ??= createRandom(getSeed());
  return stream();
};

/** Takes bytes from a random stream. */
export const createRandomBytes = (next: () => number, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => next() & 0xff);
