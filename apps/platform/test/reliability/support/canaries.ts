import { randomBytes } from 'node:crypto';

/** Unique texts whose appearance in any output is a leak. */
export type Canaries = {
  /** Creates a text for a place that is secret or personal. */
  plant(place: string): string;
  /** Registers an existing text, such as a part of a token. @returns the text. */
  mark(place: string, text: string): string;
  /** Returns the places whose texts appear in an output. */
  foundIn(output: string): string[];
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
    foundIn: (output) => {
      // A text in other letter case is a leak too.
      const folded = output.toLowerCase();
      return [...places].filter(([text]) => folded.includes(text.toLowerCase())).map(([, place]) => place);
    },
  };
};
