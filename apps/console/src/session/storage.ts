/** Runs an access to the storage of the browser. Undefined where the user forbids it: then nothing outlives the page. */
export const tryStorage = <T>(access: () => T): T | undefined => {
  try {
    return access();
  } catch {
    return undefined;
  }
};
