import 'vitest';

declare module 'vitest' {
  interface ExpectStatic {
    /** One type of assertions for all values: vitest's own would be created anew for each type of value, 1,500 times here. */
    (actual: unknown, message?: string): Assertion<void, unknown>;
  }
}
