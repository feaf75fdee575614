/** Longer texts are cut, and end with a mark. */
export const textLengthMax = 4096;
/** More deeply nested objects are replaced. */
export const depthMax = 6;
export const itemsMax = 20;
export const propertiesMax = 50;
export const nameLengthMax = 100;

/** The values and characters that one log line can still take. It prevents lines of megabytes from deeply nested fields. */
export type RemainingSize = { values: number; characters: number };

/** One line has at most 1,000 values and about 64 KiB of text. */
export const createRemainingSize = (): RemainingSize => ({ values: 1000, characters: 65_536 });

/** Counts one more value; false once the line is full. */
export const countValue = (remaining: RemainingSize): boolean => {
  remaining.values -= 1;
  return remaining.values >= 0 && remaining.characters > 0;
};
