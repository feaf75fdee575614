import { randomBytes } from 'node:crypto';

/** Texts that are found again wherever they get to. */
export type Canaries = {
  /** A new text for a place that is secret or personal. */
  plant(place: string): string;
  /** Takes a text that somebody else has made, such as a part of a token. @returns it. */
  mark(place: string, text: string): string;
  /** The places whose texts are in what was told. */
  foundIn(told: string): string[];
};

export const createCanaries = (): Canaries => {
  const places = new Map<string, string>();
  const mark = (place: string, text: string): string => {
    places.set(text, place);
    return text;
  };
  return {
    mark,
    plant: (place) => mark(place, `mk${randomBytes(8).toString('hex')}`),
    foundIn: (told) => {
      // Whoever shows something in upper or lower case shows it.
      const folded = told.toLowerCase();
      return [...places].filter(([text]) => folded.includes(text.toLowerCase())).map(([, place]) => place);
    },
  };
};
