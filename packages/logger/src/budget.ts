/** What one line may still hold, so that no field, however nested, makes a line of megabytes. */
export type Budget = { nodes: number; characters: number };

/** A line holds at most 1,000 values and about 64 KiB of text. */
export const createBudget = (): Budget => ({ nodes: 1000, characters: 65_536 });

/** Takes one value from the budget; false once it is used up. */
export const takeNode = (budget: Budget): boolean => {
  budget.nodes -= 1;
  return budget.nodes >= 0 && budget.characters > 0;
};
