import type { Runner } from './run.mjs';

export declare function prepareToolchain(
  root: string,
  runner: Runner,
  machine?: { env?: NodeJS.ProcessEnv; node?: string },
): Promise<NodeJS.ProcessEnv>;
