/** Its message is one sentence for the person at the terminal: what is wrong and what to do next. */
export class DevDatabasesError extends Error {
  override name = 'DevDatabasesError';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
