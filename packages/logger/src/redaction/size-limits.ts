/** The longest text that is logged; the rest is cut and the cut is marked. */
export const textLengthMax = 4096;
/** Objects nested more deeply are replaced. */
export const depthMax = 6;
export const itemsMax = 20;
export const propertiesMax = 50;
export const nameLengthMax = 100;

/** How much one line may still hold, so that no field, however nested, makes a line of megabytes. */
export type RemainingSize = { values: number; characters: number };

/** A line holds at most 1,000 values and about 64 KiB of text. */
export const createRemainingSize = (): RemainingSize => ({ values: 1000, characters: 65_536 });

/** Counts one more value; false once the line is full. */
export const countValue = (remaining: RemainingSize): boolean => {
  remaining.values -= 1;
  return remaining.values >= 0 && remaining.characters > 0;
};
