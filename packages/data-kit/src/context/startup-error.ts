/** A reason not to start, in one sentence with the next step. Hosts print it and exit with 1. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
