/** Reads or writes the storage of the browser. Returns undefined if the user forbids that: nothing outlives the page then. */
export const tryStorage = <T>(access: () => T): T | undefined => {
  try {
    return access();
  } catch {
    return undefined;
  }
};
